"""What the secure processor of AMD measures when QEMU launches the image: firmware that knows the hashes of kernel,
initial file system and command line, and the first state of every virtual processor."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent.parent
FIRMWARE = "usr/share/ovmf/OVMF.amdsev.fd"
PROCESSOR = "EPYC-v4"
COUNTS = [1, 2, 4, 8, 16]
# SNP is on, nothing else is.
GUEST_FEATURES = 0x1


def measurements(firmware, parts, target):
    """Number of virtual processors, launch digest. `parts`: files of kernel, initrd, command line."""
    kernel, initrd, cmdline = parts
    guest, signature = library(target)
    append = cmdline.read_text()
    digest = lambda count: guest.snp_calc_launch_digest(
        count, signature, str(firmware / FIRMWARE), str(kernel), str(initrd), append, GUEST_FEATURES, ""
    )
    return {count: digest(count).hex() for count in COUNTS}


def library(target):
    folder = target / "python"
    if not (folder / "sevsnpmeasure").exists():
        quiet = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]
        pip = [sys.executable, "-m", "pip", "install", *quiet, "--no-deps"]
        listed = ["--require-hashes", "--target", str(folder), "--requirement", str(HERE / "requirements.txt")]
        subprocess.run([*pip, *listed], check=True)
    sys.path.insert(0, str(folder))
    from sevsnpmeasure import guest, vcpu_types

    return guest, vcpu_types.CPU_SIGS[PROCESSOR]
