"""Attestation results read by libraries that know nothing of us: PyJWT for the JWT, python-cwt for the CWT.

    python read.py FOLDER

FOLDER has ear.jwt, ear.cwt and key.hex, as the example `ear` of lightcone-attest writes them. run.sh makes them and
calls this.
"""

import base64
import pathlib
import sys

import cwt
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PROFILE = "tag:github.com,2023:veraison/ear"
VECTOR = [
    "instance-identity",
    "configuration",
    "executables",
    "file-system",
    "hardware",
    "runtime-opaque",
    "storage-opaque",
    "sourced-data",
]
TIERS = {0: "none", 2: "affirming", 32: "warning", 96: "contraindicated"}


def octets(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read_jwt(token, key):
    return jwt.decode(token, key, algorithms=["EdDSA"], options={"require": ["exp", "iat"]})


def read_cwt(token, key):
    return cwt.decode(token, cwt.COSEKey.from_pem(key, kid="test-key"))


def meaning_of_jwt(claims):
    """The claims in one form, whichever way they came."""
    return {
        "profile": claims["eat_profile"],
        "times": (claims["iat"], claims["exp"]),
        "nonce": octets(claims["eat_nonce"]),
        "verifier": claims["ear.verifier-id"],
        "submods": {
            label: {
                "status": submod["ear.status"],
                "vector": submod["ear.trustworthiness-vector"],
                "policy": submod["ear.appraisal-policy-id"],
                "ueid": octets(submod["ueid"]),
                "model": octets(submod["hwmodel"]),
                "nonce": octets(submod["eat_nonce"]),
                "debug": submod.get("dbgstat"),
                "boots": submod.get("bootcount"),
                "code": submod.get("swname"),
                "evidence": submod["ear.veraison.annotated-evidence"],
                "residency": submod["lightcone.residency"],
                "binds": submod["lightcone.binds-session-key"],
                "reasons": submod["lightcone.reasons"],
                "done": submod["lightcone.done"],
                "not done": submod["lightcone.not-done"],
            }
            for label, submod in claims["submods"].items()
        },
    }


def meaning_of_cwt(claims):
    return {
        "profile": claims[265],
        "times": (claims[6], claims[4]),
        "nonce": claims[10],
        "verifier": {"developer": claims[1004][0], "build": claims[1004][1]},
        "submods": {
            label: {
                "status": TIERS[submod[1000]],
                "vector": {VECTOR[number]: value for number, value in submod[1001].items()},
                "policy": submod[1003],
                "ueid": submod[256],
                "model": submod[259],
                "nonce": submod[10],
                "debug": {None: None, 1: "disabled"}[submod.get(263)],
                "boots": submod.get(267),
                "code": submod.get(270),
                "evidence": submod[-70000],
                "residency": submod[-80000],
                "binds": submod[-80001],
                "reasons": submod[-80002],
                "done": submod[-80003],
                "not done": submod[-80004],
            }
            for label, submod in claims[266].items()
        },
    }


def check(meaning):
    assert meaning["profile"] == PROFILE
    assert meaning["times"] == (1767225600, 4102444800)
    assert meaning["nonce"] == b"a nonce of the client"
    assert meaning["verifier"] == {"developer": "https://lightcone.example", "build": "lightcone 0.1.0"}
    assert sorted(meaning["submods"]) == ["gpu-0", "platform"]

    platform = meaning["submods"]["platform"]
    assert platform["status"] == "affirming"
    assert platform["vector"]["hardware"] == platform["vector"]["executables"] == 2
    assert (platform["policy"], platform["code"]) == ("built-in", "lightcone-agent 0.1.0")
    assert (platform["residency"], platform["binds"]) == ("R1", True)
    assert platform["ueid"] == b"\x01" + b"\x5a" * 32
    assert (platform["debug"], platform["boots"]) == ("disabled", 3)
    assert platform["not done"] == ["revocation"]

    accelerator = meaning["submods"]["gpu-0"]
    assert accelerator["status"] == "warning"
    assert accelerator["vector"]["executables"] == 32
    assert (accelerator["residency"], accelerator["binds"]) == ("R0", False)
    assert accelerator["model"] == b"GH100 A01 GSP BROM"
    assert accelerator["reasons"] == ["IDENTITY_ONLY"]
    assert accelerator["evidence"]["driver"] == "550.90.07"
    assert accelerator["evidence"]["protected-pcie"] is False


def refuses_flips(name, token, read):
    """The library takes no token with one bit changed."""
    for place in range(len(token)):
        changed = bytearray(token)
        changed[place] ^= 1 << place % 8
        try:
            read(bytes(changed))
        except Exception:  # each library has its own, and CBOR and JSON beneath have theirs
            continue
        # Base64 that a lenient reader takes for the same bytes: the last letter's unused bits.
        assert name == "JWT" and place == len(token) - 1, f"{name}: byte {place} flipped, and taken"


def main(folder):
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex((folder / "key.hex").read_text()))
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    token = (folder / "ear.jwt").read_bytes()
    assert jwt.get_unverified_header(token) == {"alg": "EdDSA", "typ": "eat+jwt", "kid": "test-key"}
    by_jwt = meaning_of_jwt(read_jwt(token, public))
    check(by_jwt)
    refuses_flips("JWT", token, lambda token: read_jwt(token, public))

    token = (folder / "ear.cwt").read_bytes()
    by_cwt = meaning_of_cwt(read_cwt(token, pem))
    check(by_cwt)
    assert by_jwt == by_cwt
    refuses_flips("CWT", token, lambda token: read_cwt(token, pem))
    print("the result reads alike by PyJWT and python-cwt; every flipped bit is refused")


main(pathlib.Path(sys.argv[1]))
