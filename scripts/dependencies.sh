#!/usr/bin/env bash
# Looks at the crates that we depend on: their licences and origins, whether one is known to be unsafe, and that the
# library's own tree has none twice. The rules are in deny.toml.
set -euo pipefail
cd "$(dirname "$0")/.."
deny=$(scripts/cargo-tool.sh cargo-deny 0.20.2)

licenses_in() { grep -oE '"[A-Z][A-Za-z]*-?[A-Za-z0-9.-]*"' <<<"$1"; }
if ! diff <(licenses_in "$(grep '^allow = ' deny.toml)") <(licenses_in "$(grep '^accepted = ' packaging/about.toml)"); then
    echo 'dependencies: FAILED: deny.toml and packaging/about.toml allow different licences' >&2
    exit 1
fi
"$deny" --locked check licenses bans sources
# Cargo says on its standard error that there is nothing to print.
twice=$(cargo tree --quiet --locked --duplicates --edges normal --package shoutout-otp)
[ -z "$twice" ] || { printf 'dependencies: FAILED: more than one version in the library:\n%s\n' "$twice" >&2 && exit 1; }

# The list of known weaknesses is fetched, which not every machine can do.
if "$deny" --locked fetch db >/dev/null 2>&1; then
    "$deny" --locked check advisories
else
    printf '\n*** NOT RUN: known weaknesses of dependencies: the RustSec advisory database could not be fetched\n\n'
fi
