"""The initial file system: the kernel's `newc` archive, which depends on names and contents only."""

import stat


class Archive:
    """Files by path. Owners are 0, times are 0, numbers follow the order of the names."""

    def __init__(self):
        self.entries = {}

    def folder(self, path):
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            self.entries.setdefault("/".join(parts[:end]), (stat.S_IFDIR | 0o755, b"", (0, 0)))

    def file(self, path, data, mode=0o644):
        if "/" in path:
            self.folder(path.rsplit("/", 1)[0])
        self.entries[path] = (stat.S_IFREG | mode, data, (0, 0))

    def device(self, path, major, minor):
        self.folder(path.rsplit("/", 1)[0])
        self.entries[path] = (stat.S_IFCHR | 0o600, b"", (major, minor))

    def bytes(self):
        entries = sorted(self.entries.items())
        whole = b"".join(entry(number, name, *rest) for number, (name, rest) in enumerate(entries, 1))
        return whole + entry(0, "TRAILER!!!", 0, b"", (0, 0))


def entry(number, name, mode, data, device):
    """Header of 13 numbers, name, contents, each filled to four bytes."""
    links = 2 if stat.S_ISDIR(mode) else 1
    numbers = (number, mode, 0, 0, links, 0, len(data), 0, 0, *device, len(name) + 1, 0)
    header = b"070701" + b"".join(b"%08x" % value for value in numbers)
    return filled(header + name.encode() + b"\0") + filled(data)


def filled(data):
    return data + bytes(-len(data) % 4)
