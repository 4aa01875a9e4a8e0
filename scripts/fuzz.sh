#!/usr/bin/env bash
# Fuzzes every target of fuzz/, beginning with the committed corpus:
#
#   fuzz.sh SECONDS        each for so long: other inputs each time, and on from those of interest that were found before
#   fuzz.sh same           so many inputs, from one seed: for a test. What is left of chance, such as the library's hash keys,
#                          may still lead to another input; one that fails is a find
#
# With nightly Rust the library is instrumented by AddressSanitizer. Without, the corpus alone is run, which says "NOT
# RUN". What is found lies in fuzz/artifacts/ afterwards; new inputs of interest in the build folder, not in the tree.
set -euo pipefail
cd "$(dirname "$0")/.."

how=${1:?usage: fuzz.sh SECONDS | same}
# The targets, and how often each runs for a test: a few seconds.
declare -A same_runs=([answers]=6000 [base_url]=30000 [c_abi]=20000 [http]=60000 [inputs]=30000)
build=$(realpath -m "${CARGO_TARGET_DIR:-target}")/fuzz
mkdir -p "$build"
# Longer than what is interesting, and far below what a machine has.
limits=(-dict=fuzz/words.dict -max_len=20000 -timeout=10 -rss_limit_mb=2048)

not_run() { printf '\n*** NOT RUN: %s\n\n' "$*"; }

if ! RUSTUP_AUTO_INSTALL=0 rustc +nightly --version >/dev/null 2>&1; then
    not_run 'fuzzing: it needs nightly Rust. The committed corpus alone is run.'
    CARGO_TARGET_DIR=$build cargo test --locked --manifest-path fuzz/Cargo.toml
    exit
fi
fuzz=$(scripts/cargo-tool.sh cargo-fuzz 0.13.2)
PATH=$(dirname "$fuzz"):$PATH

cargo +nightly fuzz build --target-dir "$build" 2>"$build/build.log" || { cat "$build/build.log" >&2; exit 1; }
for target in "${!same_runs[@]}"; do
    if [ "$how" = same ]; then
        # In the order of their names, for that of a folder is another on each machine.
        corpus=(fuzz/corpus/"$target"/*)
        found=$(mktemp -d "$build/same.XXXXXX")
        which=("$found" -- -seed_inputs="$(IFS=, && echo "${corpus[*]}")" -seed=1 -runs="${same_runs[$target]}")
        echo "fuzzing $target, ${same_runs[$target]} times"
    else
        found=$build/corpus/$target
        mkdir -p "$found"
        which=("$found" "fuzz/corpus/$target" -- -max_total_time="$how")
        echo "fuzzing $target for $how s"
    fi
    # Without random addresses, which would be another chance.
    if ! setarch -R cargo +nightly fuzz run "$target" --target-dir "$build" "${which[@]}" "${limits[@]}" \
        >"$build/$target.log" 2>&1; then
        tail -n 60 "$build/$target.log" >&2
        echo "fuzz: $target failed. The input is in fuzz/artifacts/$target; to see it alone, put it into fuzz/corpus/$target" \
            'and run: cargo test --manifest-path fuzz/Cargo.toml' >&2
        exit 1
    fi
    grep '^Done' "$build/$target.log"
    if [ "$how" = same ]; then rm -rf "$found"; fi
done
