#!/usr/bin/env bash
# Looks at the crates that we depend on: their licences and origins, whether one is known to be unsafe, and that the
# library's own tree has none twice. The rules are in deny.toml.
set -euo pipefail
cd "$(dirname "$0")/.."
deny=$(scripts/cargo-tool.sh cargo-deny 0.20.2)

"$deny" --locked check licenses bans sources
twice=$(cargo tree --locked --duplicates --edges normal --package shoutout-otp 2>/dev/null)
[ -z "$twice" ] || { printf 'dependencies: FAILED: more than one version in the library:\n%s\n' "$twice" >&2 && exit 1; }

# The list of known weaknesses is fetched, which not every machine can do.
if "$deny" --locked fetch db >/dev/null 2>&1; then
    "$deny" --locked check advisories
else
    printf '\n*** NOT RUN: known weaknesses of dependencies: the RustSec advisory database could not be fetched\n\n'
fi
