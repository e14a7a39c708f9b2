"""Packages of Debian, by the hashes that `pins` names."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent.parent
APT = "/usr/lib/apt/apt-helper"
MIRROR = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org")
# A moment, as 20261124T000000Z: then the archive that keeps every version is asked.
SNAPSHOT = os.environ.get("DEBIAN_SNAPSHOT")
GONE = """Mirrors keep old versions for a while only. To build this very image, name a day on which it was new, for the
archive that keeps all: DEBIAN_SNAPSHOT=20261124T000000Z. To build the next image, put the package's new path and
SHA-256 into deploy/image/pins, as `apt-cache show` tells them; measurements change with it."""
OTHER = "That is not what deploy/image/pins says: take another mirror (DEBIAN_MIRROR=http://...), and ask why."


def pins():
    """What for, SHA-256, path."""
    lines = (HERE / "pins").read_text().splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def unpack(kinds, cache, folder):
    """Unpacks all packages of some kinds into a folder each, and returns these."""
    folders = {}
    for kind in kinds:
        shutil.rmtree(folder / kind, ignore_errors=True)
    for kind, sha256, path in pins():
        if kind in kinds:
            into = folder / kind
            into.mkdir(parents=True, exist_ok=True)
            subprocess.run(["dpkg-deb", "--extract", str(fetched(sha256, path, cache)), str(into)], check=True)
            folders[kind] = into
    return folders


def fetched(sha256, path, cache):
    """A package's file: from the cache, or from the mirror."""
    cache.mkdir(parents=True, exist_ok=True)
    file = cache / f"{sha256}.deb"
    if not file.exists():
        download(sha256, path, file)
    if hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
        sys.exit(f"{file} is not what `pins` says; remove it and try again")
    return file


def download(sha256, path, file):
    command = [APT, "-o", "APT::Sandbox::User=root", "download-file", address(path), str(file), f"SHA256:{sha256}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        file.unlink(missing_ok=True)
        sys.exit(f"{done.stderr.strip()}\n{OTHER if 'Hash Sum mismatch' in done.stderr else GONE}")


def address(path):
    archive, rest = path.split("/", 1)
    if SNAPSHOT:
        return f"https://snapshot.debian.org/archive/{archive}/{SNAPSHOT}/{rest}"
    return f"{MIRROR}/{path}"
