#!/usr/bin/env bash
# Runs tests under a sanitizer, where the toolchain has what it needs:
#
#   sanitize.sh address GOLDEN_SERVICE ECHO_SERVICE RELEASE_FOLDER
#       the C tests, with the library and the C programs instrumented (nightly Rust), or else the C programs alone
#   sanitize.sh thread
#       the Rust tests of threads (nightly Rust with rust-src: without an instrumented std it sees races that are none)
#   sanitize.sh miri
#       the Rust tests of pointers and strings at the C boundary, interpreted (nightly Rust with miri and rust-src)
#
# What cannot run says "NOT RUN", and why; that is no failure, and no pass either.
set -euo pipefail
cd "$(dirname "$0")/.."

triple=x86_64-unknown-linux-gnu
build=$(realpath -m "${CARGO_TARGET_DIR:-target}")/sanitizers
warnings='-Wall -Wextra -Wpedantic -Werror -Wconversion'

not_run() { printf '\n*** NOT RUN: %s\n\n' "$*"; }

# Asks without installing: rustup may fetch a toolchain that is named and absent.
nightly_sysroot() { RUSTUP_AUTO_INSTALL=0 rustc +nightly --print sysroot 2>/dev/null; }

instrumented='-fsanitize=address -fno-omit-frame-pointer'

# c_tests LIBRARY_FOLDER GOLDEN_SERVICE LINKER_FLAGS: the programs of tests/c that a sanitizer has something to say about.
c_tests() {
    local compiling linking program common=("$build/golden_service.o" "$build/service_process.o")
    read -ra compiling <<<"-std=c99 -g -O1 $warnings $instrumented"
    read -ra linking <<<"-L $1 -lshoutout_otp -Wl,-rpath,$1 -lcjson -pthread $3"
    for program in error_paths error_paths_calls golden golden_service service_process table; do
        gcc "${compiling[@]}" -I include -c "tests/c/$program.c" -o "$build/$program.o"
    done
    gcc -o "$build/error_paths" "$build/error_paths.o" "${linking[@]}"
    gcc -o "$build/error_paths_calls" "$build/error_paths_calls.o" "${common[@]}" "${linking[@]}"
    gcc -o "$build/golden" "$build/golden.o" "$build/table.o" "${common[@]}" "${linking[@]}"
    "$build/error_paths"
    "$build/error_paths_calls" "$2" tests/golden
    "$build/golden" "$2" tests/golden
}

# A sanitizer's words go to files, for the tests of tests/host watch the standard streams.
collect_reports() {
    rm -f "$build"/report.*
    export ASAN_OPTIONS=detect_leaks=1:log_path=$build/report
    trap 'cat "$build"/report.* 2>/dev/null || true' EXIT
}

address() {
    local golden_service=$1 echo_service=$2 release=$3 sysroot runtime
    mkdir -p "$build"
    collect_reports
    sysroot=$(nightly_sysroot) || sysroot=
    # Rust's own runtime, newer than the compilers': theirs can lock up in a fork among threads.
    runtime=$sysroot/lib/rustlib/$triple/lib/librustc-nightly_rt.asan.a
    if [ -z "$sysroot" ] || [ ! -e "$runtime" ]; then
        not_run "AddressSanitizer inside the library, and tests/host under it: there is no nightly Rust for $triple." \
            'Only the programs of tests/c are instrumented.'
        c_tests "$release" "$golden_service" -fsanitize=address
        return
    fi
    echo 'AddressSanitizer: the library and the C programs are instrumented'
    RUSTFLAGS=-Zsanitizer=address cargo +nightly rustc --locked --lib --package shoutout-otp --crate-type cdylib \
        --features panic-probe --target "$triple" --target-dir "$build"
    local library=$build/$triple/debug
    local with_runtime="-rdynamic -Wl,--whole-archive,$runtime,--no-whole-archive -ldl -lm -lrt -lresolv"
    ln -sf libshoutout_otp.so "$library/libshoutout_otp.so.0"
    c_tests "$library" "$golden_service" "$with_runtime"
    CFLAGS=$instrumented LDFLAGS=$with_runtime \
        tests/host/run.sh "$library" "$library" "$echo_service" "$build/host"
}

thread() {
    local sysroot
    sysroot=$(nightly_sysroot) || sysroot=
    if [ -z "$sysroot" ] || [ ! -d "$sysroot/lib/rustlib/src/rust/library" ]; then
        not_run 'ThreadSanitizer: it needs nightly Rust with the component rust-src' \
            '(rustup toolchain install nightly --component rust-src).'
        return
    fi
    # Where threads run, it ends a forked child that starts threads of its own, which a test of generation.rs does on
    # purpose, unless told that they may.
    export TSAN_OPTIONS=die_after_fork=0
    RUSTFLAGS=-Zsanitizer=thread cargo +nightly test -Zbuild-std --locked --package shoutout-otp --lib \
        --test connections --test delivery --target "$triple" --target-dir "$build/thread"
    echo 'ThreadSanitizer: passed'
}

miri() {
    local sysroot
    sysroot=$(nightly_sysroot) || sysroot=
    # Without rust-src it would ask, or in CI not even ask, to install that.
    if ! RUSTUP_AUTO_INSTALL=0 cargo +nightly miri --version >/dev/null 2>&1 ||
        [ ! -d "$sysroot/lib/rustlib/src/rust/library" ]; then
        not_run 'Miri: it needs nightly Rust with the components miri and rust-src' \
            '(rustup toolchain install nightly --component miri --component rust-src).'
        return
    fi
    cargo +nightly miri test --locked --package shoutout-otp --lib ffi::
    echo 'Miri: passed'
}

case ${1:-} in
address) address "${@:2:3}" ;;
thread) thread ;;
miri) miri ;;
*)
    echo "usage: $0 address GOLDEN_SERVICE ECHO_SERVICE RELEASE_FOLDER | thread | miri" >&2
    exit 2
    ;;
esac
