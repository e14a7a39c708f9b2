"""The programs, built so that the same sources give the same bytes wherever they lie."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
FEATURES = ["agent", "carrier"]
# What the published measurements were built with: Debian 12.
BUILDER = [
    "cc (Debian 12.2.0-14+deb12u1) 12.2.0",
    "GNU ld (GNU Binutils for Debian) 2.40",
    "ldd (Debian GLIBC 2.36-9+deb12u14) 2.36",
]
AGENT = ["--package", "lightcone-cli", "--bin", "lightcone", "--no-default-features"]


def builder():
    """The tools whose versions the bytes depend on, Rust aside: rust-toolchain.toml pins that."""
    first = lambda *command: subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\n")[0]
    return [first("cc", "--version"), first("ld", "--version"), first("ldd", "--version")]


def environment(target):
    """Nothing of this machine: paths are renamed, and the compilers' settings are ours alone."""
    cargo = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo"))
    if any(" " in str(path) for path in (ROOT, target, cargo)):
        sys.exit(f"{ROOT}, {target} or {cargo} holds a space, which compilers' settings cannot: build elsewhere")
    names = {str(ROOT): "/lightcone", str(target): "/target", str(cargo): "/cargo"}
    ours = {name: value for name, value in os.environ.items() if "RUSTFLAGS" not in name and "CFLAGS" not in name}
    flags = [f"--remap-path-prefix={path}={name}" for path, name in names.items()] + ["-Clink-arg=-Wl,--build-id=none"]
    return ours | {
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags),
        "CFLAGS": " ".join(f"-ffile-prefix-map={path}={name}" for path, name in names.items()),
        "CARGO_PROFILE_RELEASE_STRIP": "symbols",
        "CARGO_INCREMENTAL": "0",
    }


def cargo(folder, target, arguments, name):
    command = ["cargo", "build", "--release", "--locked", "--quiet", "--target-dir", str(target), *arguments]
    subprocess.run(command, cwd=folder, env=environment(target), check=True)
    return target / "release" / name


def agent(target, features):
    return cargo(ROOT, target, [*AGENT, "--features", ",".join(FEATURES + features)], "lightcone")


def init(target):
    return cargo(ROOT / "deploy/image/init", target, [], "lightcone-init")
