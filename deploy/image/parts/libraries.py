"""Shared libraries: those that programs name, and that those name, from unpacked packages only."""

import re
import subprocess
import sys

PLACES = ["lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib64", "usr/lib"]
LOADER = "ld-linux-x86-64.so.2"
# Opened by name while the program runs, so that no header names them.
OPENED = {"libtss2-tctildr.so.0": ["libtss2-tcti-device.so.0"]}


def collect(programs, folders):
    """Name in the image, file: sorted by name."""
    found, waiting = {}, [name for program in programs for name in needed(program)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = find(name, folders)
            waiting += needed(found[name]) + OPENED.get(name, [])
    return [(place(name), file) for name, file in sorted(found.items())]


def needed(file):
    done = subprocess.run(["readelf", "--dynamic", "--wide", str(file)], check=True, capture_output=True, text=True)
    return re.findall(r"\(NEEDED\).*\[(.*)\]", done.stdout)


def find(name, folders):
    for folder in folders:
        for path in PLACES:
            if (folder / path / name).exists():
                return (folder / path / name).resolve()
    sys.exit(f"no pinned package holds {name}: add the one that does to deploy/image/pins")


def place(name):
    """Where the loader looks without being told."""
    return f"lib64/{name}" if name == LOADER else f"lib/x86_64-linux-gnu/{name}"
