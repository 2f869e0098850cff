#!/usr/bin/env pwsh
# Builds, tests and tries out the project: ./build.ps1 Build|Test|Quickstart|Package|Bench|Clean. rust/xtask does the work.
Set-Location $PSScriptRoot
$floor = [version]((Get-Content Cargo.toml) -match '^rust-version' -replace '[^0-9.]')[0]
$advice = "install Rust $floor or later from https://rustup.rs"
if (-not (Get-Command cargo -ErrorAction Ignore)) { Write-Host "build: cargo was not found; $advice"; exit 1 }
$found = [version](((cargo --version) -split ' ')[1] -replace '-.*')
if ($found -lt $floor) { Write-Host "build: cargo $found is too old; $advice"; exit 1 }
cargo run --quiet --package xtask '--' @args
exit $LASTEXITCODE
