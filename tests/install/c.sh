#!/usr/bin/env bash
# C and C++ from what is installed:   c.sh DIST
# Once from `make install`, and once from each archive in DIST, unpacked and then moved. Another processor's programs are
# run in an emulator.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
dist=$(cd "${1:?usage: c.sh DIST}" && pwd)
package='the C package'
# shellcheck source=tests/install/steps.sh
source "$root/tests/install/steps.sh"

sources=$work/sources
mkdir "$sources"
cp "$root"/tests/install/{steps.sh,c/*} "$root"/examples/{c/send_and_verify.c,cpp/send_and_verify.cpp,shell/test_login.sh} "$sources"
consume() { "$root/tests/install/without-sources.sh" "$sources/consume.sh" "$1" "$2" "$sources"; }
make_here() { make --no-print-directory -s -C "$root" "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2 && return 1; }; }
modes_under() { (cd "$1" && find . -printf '%M %p\n' | LC_ALL=C sort); }
files_under() { (cd "$1" && find . ! -type d | LC_ALL=C sort); }

step='make install'
make_here install PREFIX="$work/prefix"
consume 'make install' "$work/prefix"

step='make install DESTDIR=… puts the same files under it, and no word of DESTDIR into them'
make_here install DESTDIR="$work/stage" PREFIX="$work/prefix" LIBDIR="$work/prefix/lib"
diff --recursive "$work/prefix" "$work/stage$work/prefix"
echo "ok: $step"

step='make install lets everybody read what a careful user installs'
(umask 077 && make_here install DESTDIR="$work/careful" PREFIX=/)
diff <(modes_under "$work/prefix") <(modes_under "$work/careful")
echo "ok: $step"

step='make install refuses a folder that the .pc file could not name'
if make_here install PREFIX="$work/a b" 2>"$work/refusal"; then false; fi
grep -qF 'are for DESTDIR only' "$work/refusal"
[ ! -e "$work/a b" ]
echo "ok: $step"

step='make uninstall leaves no file, and the folders that others use'
make_here uninstall PREFIX="$work/prefix"
[ -z "$(files_under "$work/prefix")" ]
[ -d "$work/prefix/bin" ] && [ ! -e "$work/prefix/share/doc/shoutout-otp" ] && [ ! -e "$work/prefix/lib/cmake/ShoutoutOtp" ]
echo "ok: $step"

step='CMake uses a staged tree where it lies, as in a sysroot, and not where it is to be'
{ cmake -S "$sources" -B "$work/staged" -DCMAKE_PREFIX_PATH="$work/careful" && cmake --build "$work/staged"; } \
    >"$work/log" 2>&1 || { cat "$work/log" >&2 && false; }
echo "ok: $step"

# from_archive PLATFORM: CC, CXX and RUN are that platform's.
from_archive() {
    step="the archive of $1"
    local archive tree=$work/$1
    archive=$(echo "$dist"/shoutout-otp-*-"$1".tar.gz)
    mkdir "$work/unpacked"
    tar -xzf "$archive" -C "$work/unpacked"
    mv "$work/unpacked"/* "$tree"
    rmdir "$work/unpacked"
    diff <(files_under "$work/stage$work/prefix") <(files_under "$tree" | grep -vxF ./PLATFORM.txt)
    grep -q "^$1: " "$tree/PLATFORM.txt"
    consume "$(basename "$archive")" "$tree"
}

machine=$(uname -m)
from_archive "linux-$machine-gnu"

# They name the archive that is tested most.
if [ "$machine" = x86_64 ]; then
    step='the commands that docs/install-c.md begins with, to the letter'
    mkdir "$work/newcomer"
    cp "$dist"/shoutout-otp-*-linux-x86_64-gnu.tar.gz "$work/newcomer"
    cp "$sources/send_and_verify.c" "$work/newcomer/login.c"
    first_commands "$root/docs/install-c.md" >"$work/commands"
    "$root/tests/install/without-sources.sh" env --chdir="$work/newcomer" bash -euo pipefail "$work/commands"
    "$sources/test_login.sh" "$work/linux-x86_64-gnu/bin/shoutout-sandbox" "$work/newcomer/login" >"$work/log" 2>&1 ||
        { cat "$work/log" >&2 && false; }
    echo "ok: $step"
fi

for archive in "$dist"/shoutout-otp-*.tar.gz; do
    case $archive in
        *-linux-"$machine"-gnu.tar.gz) ;;
        *-linux-aarch64-gnu.tar.gz)
            if command -v aarch64-linux-gnu-g++ qemu-aarch64-static >/dev/null; then
                CC=aarch64-linux-gnu-gcc CXX=aarch64-linux-gnu-g++ RUN='qemu-aarch64-static -L /usr/aarch64-linux-gnu' \
                    from_archive linux-aarch64-gnu
            else
                printf '\n*** NOT RUN: %s: it needs g++-aarch64-linux-gnu and qemu-user-static\n\n' "$(basename "$archive")"
            fi
            ;;
        *) printf '\n*** NOT RUN: %s: it was built, and there is no test of it\n\n' "$(basename "$archive")" ;;
    esac
done
