#!/usr/bin/env bash
# Prints the licences, with their texts, of all the code that is inside what we ship.
set -euo pipefail
cd "$(dirname "$0")/.."
known=$(realpath -m "${CARGO_TARGET_DIR:-target}")/THIRD-PARTY-LICENSES.txt

of() {
    "$tool" generate --fail --locked --offline --config packaging/about.toml --manifest-path "$1" packaging/about.hbs
}

# To look through all the crates takes a minute, so what was found is kept until the crates change.
if [ ! -s "$known" ] || [ -n "$(find Cargo.lock packaging -newer "$known")" ]; then
    tool=$(scripts/cargo-tool.sh cargo-about 0.9.3 --features cli)
    {
        echo 'The code that is in libshoutout_otp and in its sandbox, by licence.'
        echo
        echo 'The Rust standard library, https://github.com/rust-lang/rust, is in both: MIT OR Apache-2.0.'
        # Of Zig's tools, in place of libgcc_s (bundle.sh).
        echo 'LLVM libunwind, https://github.com/llvm/llvm-project, is in both where they are built against an old C library:'
        echo 'Apache-2.0 WITH LLVM-exception.'
        printf '\n\nIN THE LIBRARY\n\n'
        of Cargo.toml
        printf '\n\nIN THE SANDBOX (shoutout-sandbox)\n\n'
        of sandbox/Cargo.toml
    } >"$known.new"
    mv "$known.new" "$known"
fi
cat "$known"
