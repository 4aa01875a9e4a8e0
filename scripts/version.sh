#!/usr/bin/env bash
# Prints the version of the library, which all packages have, as Cargo.toml says it.
set -euo pipefail
sed -n '/^\[package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' "$(dirname "$0")/../Cargo.toml"
