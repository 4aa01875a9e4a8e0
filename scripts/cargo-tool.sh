#!/usr/bin/env bash
# Installs a tool from crates.io into the build folder, unless that version is there, and prints its path:
#
#   cargo-tool.sh NAME VERSION [OPTION OF cargo install…]
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:?usage: cargo-tool.sh NAME VERSION [OPTION…]}
version=${2:?usage: cargo-tool.sh NAME VERSION [OPTION…]}
tools=$(realpath -m "${CARGO_TARGET_DIR:-target}")/tools
tool=$tools/bin/$name

if [ "$("$tool" --version 2>/dev/null)" != "$name $version" ]; then
    echo "installing $name $version into $tools" >&2
    cargo install --quiet --locked --root "$tools" --version "$version" "${@:3}" "$name" >&2
fi
echo "$tool"
