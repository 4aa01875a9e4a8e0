#!/usr/bin/env bash
# Which lines of src/ the simulated world alone reaches, file by file.
set -euo pipefail
cd "$(dirname "$0")/.."

sends=${1:-50000}
tools=$(rustc --print target-libdir)/../bin
if [ ! -x "$tools/llvm-cov" ]; then
    printf '\n*** NOT RUN: coverage of the simulation. It needs: rustup component add llvm-tools\n\n'
    exit
fi
build=$(realpath -m "${CARGO_TARGET_DIR:-target}")/coverage
export RUSTFLAGS='-C instrument-coverage' CARGO_TARGET_DIR=$build LLVM_PROFILE_FILE=$build/simulation-%p.profraw
rm -f "$build"/simulation-*.profraw
program=$(cargo test --locked --profile simulation --features simulation --test simulation --no-run --message-format json |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')
"$program" 1 "$sends"
"$tools/llvm-profdata" merge -sparse "$build"/simulation-*.profraw -o "$build/simulation.profdata"
"$tools/llvm-cov" report "$program" -instr-profile="$build/simulation.profdata" \
    --ignore-filename-regex='/(registry|rustc|tests)/' --show-region-summary=false --show-branch-summary=false
