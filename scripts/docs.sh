#!/usr/bin/env bash
# Makes the reference: of C and C++ from the headers, of Rust from the source. A warning is an error.
#
#   docs.sh FOLDER      C and C++ into FOLDER/c; Rust where cargo puts it, which is the doc of its build folder
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:?usage: docs.sh FOLDER}/c

rm -rf "$folder"
mkdir -p "$folder"
{
    cat docs/Doxyfile
    echo "PROJECT_NUMBER = $(scripts/version.sh)"
    echo "OUTPUT_DIRECTORY = $folder"
} | doxygen -
RUSTDOCFLAGS='-D warnings' cargo doc --quiet --locked --no-deps --workspace
echo "docs: $folder/files.html, and Rust's beside it"
