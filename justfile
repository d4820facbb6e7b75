# What each step is called; `just` alone lists them.

default:
    @just --list

# Format, lints and documents, without changing anything
check:
    cargo fmt --all --check
    cargo clippy --locked --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps

# Every test; what follows goes to cargo test
test *arguments:
    scripts/test {{arguments}}

# The service with demo data, on a private Postgres in .library
run:
    cargo run

# The service and its database in Docker
up:
    docker compose up --build

# The service against the same endpoints written by hand: the ratios of their speed
bench *arguments:
    scripts/bench {{arguments}}

# The same requests to a Django REST framework service and to this one; `just parity --seed 7`
parity *arguments:
    scripts/parity {{arguments}}

# A minute for each fuzz target; `just fuzz --seconds 600 fields`
fuzz *arguments:
    scripts/fuzz {{arguments}}

# The service of docs/first-service.md, written, built and tried
first-service:
    scripts/first-service

# Whether src/schema.rs is what the migrations make
schema-check:
    scripts/schema-check

# Licences and sources of all dependencies (cargo install cargo-deny)
deny:
    cargo deny check bans licenses sources
