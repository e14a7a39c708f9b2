#!/bin/sh
# Reads our attestation results with other people's libraries: PyJWT and python-cwt.
#
#   tests/clients/ear/run.sh
#
# Says so and succeeds when this machine has no Python, or no way to the packages.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
here=$root/tests/clients/ear
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

skip() {
    echo "skipped: $1"
    exit 0
}

command -v python3 >/dev/null || skip "no python3"
python3 -m venv "$work/venv" 2>/dev/null || skip "python3 has no venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" 2>"$work/pip.log" ||
    skip "the packages cannot be had: $(tail -1 "$work/pip.log")"

(cd "$root" && cargo run --quiet -p lightcone-attest --example ear -- "$work")
"$work/venv/bin/python" "$here/read.py" "$work"
