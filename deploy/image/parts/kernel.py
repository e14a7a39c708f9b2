"""Kernel modules: those that are named, after those that they need."""

import lzma
import re
import sys


def modules(folder, wanted):
    """Name and contents of each, in an order in which they can be loaded."""
    files = {name(file): file for file in folder.glob("usr/lib/modules/*/kernel/**/*.ko.xz")}
    built_in = {name(line) for file in folder.glob("usr/lib/modules/*/modules.builtin") for line in file.open()}
    loaded = {}

    def load(module):
        if module in loaded or module in built_in:
            return
        if module not in files:
            sys.exit(f"the kernel has no module {module}")
        data = lzma.decompress(files[module].read_bytes())
        for other in needs(data):
            load(other)
        loaded[module] = data

    for module in wanted:
        load(module.replace("-", "_"))
    return list(loaded.items())


def name(path):
    return str(path).strip().rsplit("/", 1)[-1].split(".ko")[0].replace("-", "_")


def needs(data):
    """From the module's own notes."""
    found = re.search(rb"\0depends=([^\0]*)\0", data)
    return [part.replace("-", "_") for part in found[1].decode().split(",") if part] if found else []
