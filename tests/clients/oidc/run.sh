#!/bin/sh
# Logs in with a certified OpenID provider (oidc-provider, on Node.js) by device code, and has its tokens checked.
#
#   tests/clients/oidc/run.sh
#
# Says so and succeeds when this machine has no Node.js, or no way to the packages.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
here=$root/tests/clients/oidc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

skip() {
    echo "skipped: $1"
    exit 0
}

command -v node >/dev/null && command -v npm >/dev/null || skip "no Node.js"
cp "$here"/*.mjs "$here"/package.json "$here"/package-lock.json "$work"
(cd "$work" && npm ci --no-audit --no-fund --silent) >"$work/npm.log" 2>&1 ||
    skip "the packages cannot be had: $(tail -1 "$work/npm.log")"

(cd "$root" && cargo build --quiet -p lightcone-cli && cargo build --quiet -p lightcone-oidc --example verify)
binaries=${CARGO_TARGET_DIR:-$root/target}/debug
(cd "$work" && node login.mjs "$binaries/lightcone" "$binaries/examples/verify")
