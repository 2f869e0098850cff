#!/bin/sh
# Builds, tests and tries out the project: ./build.sh Build|Test|Quickstart|Package|Bench|Clean. rust/xtask does the work.
set -eu
cd "$(dirname "$0")"
floor=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
fail() { echo "build: $1; install Rust $floor or later from https://rustup.rs" >&2; exit 1; }
command -v cargo >/dev/null 2>&1 || fail "cargo was not found"
found=$(cargo --version | cut -d' ' -f2)
[ "$(printf '%s\n%s\n' "$floor" "$found" | sort -V | head -n 1)" = "$floor" ] || fail "cargo $found is too old"
exec cargo run --quiet --package xtask -- "$@"
