"""What an Intel TDX module measures, as far as the image says it.

MRTD: the firmware's pages, in the order of its own description, as KVM adds them (Intel TDX Module Base Architecture
Specification, `Measurement of the TD Build`). RTMR 2 holds what PCRs 8 to 15 hold, in the order of events.
"""

import hashlib
import struct

FIRMWARE = "usr/share/ovmf/OVMF.inteltdx.ms.fd"
PAGE, CHUNK = 4096, 256
DESCRIPTION, SECTION = struct.Struct("<4sIII"), struct.Struct("<IIQQII")
EXTENDED = 1
# Only memory that the domain must accept by itself is not built.
PERMANENT = 4


def mrtd(firmware):
    data = (firmware / FIRMWARE).read_bytes()
    at = data.index(b"TDVF")
    *_, count = DESCRIPTION.unpack_from(data, at)
    hashed = hashlib.sha384()
    for index in range(count):
        section = at + DESCRIPTION.size + index * SECTION.size
        place, _, address, size, kind, attributes = SECTION.unpack_from(data, section)
        if kind == PERMANENT:
            continue
        for page in range(0, size, PAGE):
            hashed.update(record(b"MEM.PAGE.ADD", address + page))
            if attributes & EXTENDED:
                for chunk in range(page, page + PAGE, CHUNK):
                    hashed.update(record(b"MR.EXTEND", address + chunk) + data[place + chunk : place + chunk + CHUNK])
    return hashed.hexdigest()


def record(what, address):
    return what.ljust(16, b"\0") + struct.pack("<Q", address) + bytes(104)


def rtmr2(events):
    """From events of SHA-384."""
    return events.extended(events.of[11] + events.of[9]).hex()
