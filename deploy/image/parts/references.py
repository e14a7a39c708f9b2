"""Entries for the list `images` of signed reference values."""

import tomllib

from parts import snp
from parts.program import ROOT


def entries(measured, platform):
    """One for a TPM, one for each number of virtual processors of SEV-SNP. The image drives no accelerators."""
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    name = f"lightcone-agent {version} {measured['sha256'][:12]}"
    where = platform["name"] if platform else "any firmware"
    pcrs = measured["pcrs"] | (platform["pcrs"] if platform else {})
    pcrs = {str(number): value for number, value in sorted(pcrs.items(), key=lambda item: int(item[0]))}
    return [entry(f"{name}, {where}", "tpm2-quote", {"pcrs": pcrs})] + [
        entry(f"{name}, QEMU {count} {snp.PROCESSOR}", "sev-snp", {"measurement": digest})
        for count, digest in measured["snp"].items()
    ]


def entry(name, kind, measured):
    return {"name": name, "opens_accelerator": False, "measured": {kind: measured}}
