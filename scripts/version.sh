#!/usr/bin/env bash
# Prints the version of the library, which all packages have, as Cargo.toml says it:
#
#   version.sh            0.1.0
#   version.sh check      fails where another file says another version
set -euo pipefail
cd "$(dirname "$0")/.."

# version_in FILE: its first line that gives a version.
version_in() { sed -nE 's/^(__version__|version) = "([^"]*)"$/\2/p' "$1" | head -n 1; }

version=$(version_in Cargo.toml)
if [ "${1:-}" != check ]; then
    echo "$version"
    exit
fi
for file in sandbox/Cargo.toml bindings/python/src/shoutout_otp/__init__.py; do
    found=$(version_in "$file")
    [ "$found" = "$version" ] || { echo "version: $file says $found, Cargo.toml $version" >&2 && exit 1; }
done
# What the pages tell to install is what is made.
for page in README.md docs/install-*.md; do
    stale=$(grep -oE 'shoutout[-_]otp(-php)?-[0-9]+\.[0-9]+\.[0-9]+' "$page" | grep -vF -- "-$version" || true)
    [ -z "$stale" ] || { printf 'version: %s speaks of\n%s\nand Cargo.toml of %s\n' "$page" "$stale" "$version" >&2 && exit 1; }
done
