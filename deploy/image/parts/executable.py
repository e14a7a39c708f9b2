"""Executables of UEFI (PE, `Microsoft Portable Executable and Common Object File Format Specification`)."""

import hashlib
import struct

DATA, CODE = 0x40000040, 0x60000020
SECTION = struct.Struct("<8sIIIIIIHHI")


class Executable:
    """One, as bytes."""

    def __init__(self, data):
        self.data = bytearray(data)
        self.coff = struct.unpack_from("<I", data, 0x3C)[0] + 4
        (self.count,), (size,) = (struct.unpack_from("<H", data, self.coff + at) for at in (2, 16))
        self.optional = self.coff + 20
        self.table = self.optional + size
        self.in_memory, self.in_file = struct.unpack_from("<II", data, self.optional + 32)
        self.headers = struct.unpack_from("<I", data, self.optional + 60)[0]

    def sections(self):
        """Name, contents as they lie in memory without what fills them up, place in the file, length there."""
        for index in range(self.count):
            name, virtual, _, raw, at, *_ = SECTION.unpack_from(self.data, self.table + index * SECTION.size)
            yield name.rstrip(b"\0").decode(), bytes(self.data[at : at + min(virtual, raw)]), at, raw

    def add(self, name, contents, flags=DATA):
        """Appends a section behind all others, in the file and in memory."""
        at = self.table + self.count * SECTION.size
        if at + SECTION.size > self.headers:
            raise ValueError(f"no room for the header of {name}")
        _, virtual, address, *_ = SECTION.unpack_from(self.data, at - SECTION.size)
        address = up(address + virtual, self.in_memory)
        self.data += bytes(-len(self.data) % self.in_file)
        raw = up(len(contents), self.in_file)
        SECTION.pack_into(self.data, at, name.encode(), len(contents), address, raw, len(self.data), 0, 0, 0, 0, flags)
        self.data += contents + bytes(raw - len(contents))
        self.count += 1
        struct.pack_into("<H", self.data, self.coff + 2, self.count)
        struct.pack_into("<I", self.data, self.optional + 56, up(address + len(contents), self.in_memory))

    def digest(self, algorithm="sha256"):
        """The Authenticode digest: all but the check sum, the place of the signatures, and these."""
        checksum, directory = self.optional + 64, self.optional + 144
        signatures = struct.unpack_from("<I", self.data, directory + 4)[0]
        hashed = hashlib.new(algorithm, self.data[:checksum])
        hashed.update(self.data[checksum + 4 : directory])
        hashed.update(self.data[directory + 8 : self.headers])
        end = self.headers
        for _, _, at, raw in sorted(self.sections(), key=lambda section: section[2]):
            hashed.update(self.data[at : at + raw])
            end += raw
        hashed.update(self.data[end : len(self.data) - signatures])
        return hashed.digest()


def up(value, step):
    return -(-value // step) * step
