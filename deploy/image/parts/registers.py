"""What a TPM 2.0 will hold, computed from the image alone.

PCR 4 and the separator: TCG PC Client Platform Firmware Profile. PCR 11: systemd-stub(7). PCR 9: the kernel's EFI stub.
"""

import hashlib

from parts.executable import Executable

# The order in which systemd-stub measures sections, whatever their order in the file.
SECTIONS = [".linux", ".osrel", ".cmdline", ".initrd", ".ucode", ".splash", ".dtb", ".uname", ".sbat", ".pcrpkey"]
FIRST_BOOT_OPTION = b"Calling EFI Application from Boot Option"
SEPARATOR = bytes(4)


class Events:
    """Events of each register in order, as digests of one algorithm."""

    def __init__(self, uki, algorithm="sha256"):
        self.algorithm = algorithm
        image = Executable(uki)
        sections = {name: contents for name, contents, *_ in image.sections()}
        self.of = {
            4: [self.hash(FIRST_BOOT_OPTION), self.hash(SEPARATOR), image.digest(algorithm),
                Executable(sections[".linux"]).digest(algorithm)],
            9: [self.hash(text(sections[".cmdline"])), self.hash(sections[".initrd"])],
            11: [self.hash(part) for name in SECTIONS if name in sections
                 for part in (name.encode() + b"\0", sections[name])],
            12: [],
        }

    def hash(self, data):
        return hashlib.new(self.algorithm, data).digest()

    def extended(self, digests):
        value = bytes(hashlib.new(self.algorithm).digest_size)
        for digest in digests:
            value = self.hash(value + digest)
        return value

    def registers(self):
        return {number: self.extended(digests).hex() for number, digests in self.of.items()}


def text(cmdline):
    """As the stub hands it to the kernel: UTF-16 with its end."""
    return cmdline.decode().encode("utf-16-le") + bytes(2)
