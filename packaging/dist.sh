#!/usr/bin/env bash
# Makes what is released, for every platform that can be built here, in one folder:
#
#   dist.sh FOLDER
#
# an archive for C and C++ per platform, the Python wheels and source distribution, the Composer artefact, SHA256SUMS, and
# PLATFORMS.txt, which says what is tested, built or not built. The same commit gives the same archives.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/targets.sh
source packaging/targets.sh

dist=$(realpath -m "${1:?usage: dist.sh FOLDER}")
bundles=$(realpath -m "${CARGO_TARGET_DIR:-target}")/bundle
version=$(scripts/version.sh)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

# What is said of a platform that could be built: state PLATFORM
state() {
    case " ${TESTED[*]} " in
        *" $1 "*) echo "$1: tested, by make test-install" ;;
        *) echo "$1: built, not tested" ;;
    esac
}

# archive PLATFORM
archive() {
    local name=shoutout-otp-$version-$1 staged
    staged=$(mktemp -d)
    # Where a packager's environment would put single folders is nothing to an archive.
    env -u LIBDIR -u INCLUDEDIR -u BINDIR -u DOCDIR DESTDIR="$staged/$name" PREFIX=/ RELOCATABLE=1 \
        packaging/install.sh install "$bundles/$1" >/dev/null
    state "$1" >"$staged/$name/PLATFORM.txt"
    chmod 644 "$staged/$name/PLATFORM.txt"
    tar --create --directory "$staged" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
        --format=gnu "$name" | gzip -n9 >"$dist/$name.tar.gz"
    rm -rf "$staged"
}

rm -rf "$dist"
mkdir -p "$dist" "$bundles"
for platform in "${PLATFORMS[@]}"; do
    # What an earlier run left is not of this commit.
    rm -rf "${bundles:?}/$platform"
    if ! [ -d "$(rustc --print target-libdir --target "${TARGET_OF[$platform]}")" ]; then
        echo "$platform: not built, for Rust's target ${TARGET_OF[$platform]} is not installed" | tee -a "$dist/PLATFORMS.txt"
        continue
    fi
    packaging/bundle.sh "$platform" "$bundles/$platform"
    floor=()
    [[ $platform != *-gnu ]] || floor=("$GLIBC_FLOOR")
    tests/abi/check.sh "$bundles/$platform/libshoutout_otp.so" "${floor[@]}"
    archive "$platform"
    packaging/python.sh "$bundles/$platform" "$dist"
    state "$platform" >>"$dist/PLATFORMS.txt"
done
packaging/php.sh "$bundles" "$dist"
(cd "$dist" && sha256sum -- * >../SHA256SUMS.new && mv ../SHA256SUMS.new SHA256SUMS)
ls -l "$dist"
