#!/usr/bin/env bash
# Builds everything that is compiled, for one platform, into one folder, which all packages are made from:
#
#   bundle.sh native FOLDER       for this machine, by its own linker and C library
#   bundle.sh PLATFORM FOLDER     such as linux-x86_64-gnu, against an old C library
#
# FOLDER then has libshoutout_otp.so, libshoutout_otp.a, static-libs.txt (what a program that links the .a needs of the
# system), shoutout-sandbox and THIRD-PARTY-LICENSES.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/targets.sh
source packaging/targets.sh

platform=${1:?usage: bundle.sh native|PLATFORM FOLDER}
folder=$(realpath -m "${2:?usage: bundle.sh native|PLATFORM FOLDER}")
build=$(realpath -m "${CARGO_TARGET_DIR:-target}")

# All crates, also those of other platforms: cargo-about looks at the whole tree, and the folder that they are unpacked
# into must be there to be named below.
cargo fetch --quiet --locked

if [ "$platform" = native ]; then
    cargo=(cargo)
    target=()
    built=$build/release
else
    scripts/venv.sh "$build/packaging-venv" packaging/requirements.txt
    PATH=$build/packaging-venv/bin:$PATH
    cargo=(cargo-zigbuild)
    triple=${TARGET_OF[$platform]}
    built=$build/$triple/release
    flags=()
    case $platform in
        *-gnu) target=(--target "$triple.$GLIBC_FLOOR") ;;
        # Rust's musl targets make static programs, of which no shared library can be had.
        *-musl) target=(--target "$triple") && flags+=(-Ctarget-feature=-crt-static) ;;
    esac
    # What is packaged says nothing of the machine that built it, and is the same from any folder.
    for crates in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do flags+=("--remap-path-prefix=$crates="); done
    flags+=("--remap-path-prefix=$PWD=")
    RUSTFLAGS="${RUSTFLAGS:-} ${flags[*]}"
    export RUSTFLAGS
fi

# One crate type at a time: together, cargo drops link-time optimisation in silence.
library() {
    "${cargo[@]}" rustc --locked --release --lib --package shoutout-otp "${target[@]}" --crate-type "$@"
}

mkdir -p "$folder"
library cdylib
install -m 755 "$built/libshoutout_otp.so" "$folder"
library staticlib -- --print native-static-libs 2>&1 | tee /dev/stderr |
    sed -n 's/^note: native-static-libs: //p' >"$folder/static-libs.txt"
install -m 644 "$built/libshoutout_otp.a" "$folder"
# The standard library's own debug information is half of it.
strip --strip-debug "$folder/libshoutout_otp.a" ||
    echo "bundle: libshoutout_otp.a keeps its debug information: strip here does not know $platform" >&2
"${cargo[@]}" build --locked --release --package shoutout-sandbox "${target[@]}"
install -m 755 "$built/shoutout-sandbox" "$folder"
packaging/licenses.sh >"$folder/THIRD-PARTY-LICENSES.txt"
