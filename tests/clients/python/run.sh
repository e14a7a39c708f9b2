#!/bin/sh
# Makes a Python client from proto/ and calls a server with it.
#
#   tests/clients/python/run.sh ADDRESS      against a server that is there
#   tests/clients/python/run.sh              starts one with `cargo run --release -- serve`
#
# Says so and succeeds when this machine has no Python, or no way to the packages.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
here=$root/tests/clients/python
work=$(mktemp -d)
server=
trap 'test -z "$server" || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM

skip() {
    echo "skipped: $1"
    exit 0
}

command -v python3 >/dev/null || skip "no python3"
python3 -m venv "$work/venv" 2>/dev/null || skip "python3 has no venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" 2>"$work/pip.log" ||
    skip "the packages cannot be had: $(tail -1 "$work/pip.log")"

mkdir "$work/stubs"
(cd "$root/proto" && "$work/venv/bin/python" -m grpc_tools.protoc -I. \
    --python_out="$work/stubs" --grpc_python_out="$work/stubs" lightcone/v1/*.proto)

address=${1:-}
if test -z "$address"; then
    address=127.0.0.1:7461
    (cd "$root" && cargo build --quiet --release -p lightcone-cli)
    binary=${CARGO_TARGET_DIR:-$root/target}/release/lightcone
    LIGHTCONE__SERVER__LISTEN=$address LIGHTCONE__STORE__FOLDER=$work/data "$binary" serve 2>"$work/server.log" &
    server=$!
    tries=0
    until python3 -c "import socket; socket.create_connection(('127.0.0.1', 7461), 1)" 2>/dev/null; do
        tries=$((tries + 1))
        test "$tries" -lt 100 || { cat "$work/server.log" >&2; exit 1; }
        sleep 0.1
    done
fi
"$work/venv/bin/python" "$here/locate.py" "$address" "$work/stubs"
"$work/venv/bin/python" "$here/kubernetes.py" "$address" "$work/stubs"
