# One line a recipe; anything longer is a program and lives in the tree. `just --list` shows them.

# What a change must pass, all of it.
ci:
    .ci/run

# Does it compile?
check:
    cargo check --workspace --all-targets

# All tests, short forms.
test:
    cargo test --workspace

# Format and lint.
lint:
    cargo fmt --all --check && cargo clippy --workspace --all-targets -- -D warnings

# Cost a device on one core, as a table.
bench:
    cargo bench --package lightcone-core --bench table

# Rewrites the golden files: only when the change is meant.
golden:
    LIGHTCONE_BLESS=1 cargo test --package lightcone-core --test golden
    LIGHTCONE_BLESS=1 cargo test --package lightcone-cli

# Long forms: a hundred times the cases, and the pool's models with three preemptions.
nightly:
    LIGHTCONE_LONG=100 cargo test --release --workspace
    RUSTFLAGS="--cfg loom" LOOM_MAX_PREEMPTIONS=3 CARGO_TARGET_DIR=target/loom cargo test --package lightcone-pool --release --test loom

# The agent's image, its measurements, and a boot that is held against them.
image *arguments:
    deploy/image/build {{arguments}} && deploy/image/run-in-qemu

# Measures a server from outside: processor time, latencies, goodput, killed clients.
load *arguments:
    cargo bench --package lightcone-tests --bench load -- {{arguments}}

# The contract's rules.
proto-lint:
    buf lint

# Runs the program: `just run locate --help`.
run *arguments:
    cargo run --release -- {{arguments}}

# Serves on loopback.
serve *arguments:
    cargo run --release -- serve {{arguments}}
