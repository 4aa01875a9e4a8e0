#!/usr/bin/env bash
# Puts a bundle (bundle.sh) where C and C++ programs look for a library, or takes it away again:
#
#   [PREFIX=/usr/local] [DESTDIR=] [LIBDIR=…] [INCLUDEDIR=…] [BINDIR=…] [DOCDIR=…] install.sh install|uninstall BUNDLE
#
# With RELOCATABLE=1 the tree may be moved as a whole: the .pc file finds it from where it lies, as the CMake files always do.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:?usage: install.sh install|uninstall BUNDLE}
bundle=${2:?usage: install.sh install|uninstall BUNDLE}
prefix=${PREFIX:-/usr/local}
libdir=${LIBDIR:-$prefix/lib}
includedir=${INCLUDEDIR:-$prefix/include}
bindir=${BINDIR:-$prefix/bin}
docdir=${DOCDIR:-$prefix/share/doc/shoutout-otp}
root=${DESTDIR:-}

for folder in "$prefix" "$libdir" "$includedir" "$bindir" "$docdir"; do
    [[ $folder = /* ]] || { echo "install: $folder: the folders must be absolute" >&2 && exit 2; }
    # Readers of the .pc and CMake files, which name these, would split or expand them.
    [[ $folder != *[[:space:]\'\"\\\$\;\&\|\#]* ]] ||
        { echo "install: $folder: spaces, quotes and \\ \$ ; & | # are for DESTDIR only" >&2 && exit 2; }
done
# What is installed is for everybody, whoever installs it.
umask 022

version=$(scripts/version.sh)
soname=libshoutout_otp.so.${version%%.*}

# What is installed: where to, and what from.
# shellcheck disable=SC2034  # used by name, in for_each
files=(
    "$includedir/shoutout_otp.h" include/shoutout_otp.h
    "$includedir/shoutout_otp.hpp" include/shoutout_otp.hpp
    "$libdir/libshoutout_otp.so.$version" "$bundle/libshoutout_otp.so"
    "$libdir/libshoutout_otp.a" "$bundle/libshoutout_otp.a"
    "$bindir/shoutout-sandbox" "$bundle/shoutout-sandbox"
    "$docdir/LICENSE" LICENSE
    "$docdir/LICENSE-MIT" LICENSE-MIT
    "$docdir/LICENSE-APACHE" LICENSE-APACHE
    "$docdir/THIRD-PARTY-LICENSES.txt" "$bundle/THIRD-PARTY-LICENSES.txt"
)
# shellcheck disable=SC2034
links=(
    "$libdir/$soname" "libshoutout_otp.so.$version"
    "$libdir/libshoutout_otp.so" "$soname"
)
# shellcheck disable=SC2034
made=(
    "$libdir/pkgconfig/shoutout-otp.pc" shoutout-otp.pc.in
    "$libdir/cmake/ShoutoutOtp/ShoutoutOtpConfig.cmake" ShoutoutOtpConfig.cmake.in
    "$libdir/cmake/ShoutoutOtp/ShoutoutOtpConfigVersion.cmake" ShoutoutOtpConfigVersion.cmake.in
)

# for_each ARRAY FUNCTION: calls the function with each pair.
for_each() {
    local -n pairs=$1
    local i
    for ((i = 0; i < ${#pairs[@]}; i += 2)); do
        "$2" "${pairs[i]}" "${pairs[i + 1]}"
    done
}

copy() {
    local mode=644
    case $1 in */bin/* | "$bindir"/* | *.so.*) mode=755 ;; esac
    install -D -m "$mode" "$2" "$root$1"
}

# By another name first, then renamed: a program that runs, or starts just now, sees the old link or the new one.
link() {
    ln -sfn "$2" "$root$1.new"
    mv -fT "$root$1.new" "$root$1"
}

# fill_in TO TEMPLATE
fill_in() {
    local libs bits
    # The compiler's driver adds the unwinder by itself: libgcc_s, or libgcc_eh for a static program, which has no libgcc_s.
    libs=$(sed 's/-lgcc_s *//; s/ -lc$//' "$bundle/static-libs.txt")
    bits=$(readelf --file-header "$bundle/libshoutout_otp.so" | sed -n 's/.*Class: *ELF//p')
    mkdir -p "$(dirname "$root$1")"
    sed -e "s|@PREFIX@|$(for_pkg_config "$prefix")|" \
        -e "s|@LIBDIR@|$(for_pkg_config "$libdir")|" \
        -e "s|@INCLUDEDIR@|$(for_pkg_config "$includedir")|" \
        -e "s|@CMAKE_LIBDIR@|$(for_cmake "$libdir")|" \
        -e "s|@CMAKE_INCLUDEDIR@|$(for_cmake "$includedir")|" \
        -e "s|@CMAKE_BINDIR@|$(for_cmake "$bindir")|" \
        -e "s|@STATIC_LIBS@|$libs|" \
        -e "s|@CMAKE_STATIC_LIBS@|${libs// /;}|" \
        -e "s|@VERSION@|$version|g" -e "s|@MAJOR@|${version%%.*}|g" -e "s|@SONAME@|$soname|" \
        -e "s|@BITS@|$bits|g" -e "s|@POINTER_BYTES@|$((bits / 8))|" \
        "packaging/templates/$2" >"$root$1"
    chmod 644 "$root$1"
}

# A folder as the .pc file writes it. It is absolute for a reason: pkg-config knows the system's own folders by their names.
for_pkg_config() {
    # shellcheck disable=SC2016  # pkg-config's own variable
    if [ -n "${RELOCATABLE:-}" ]; then
        echo '${pcfiledir}/'"$(realpath -ms --relative-to "$libdir/pkgconfig" "$1")"
    else
        echo "$1"
    fi
}

# A folder as the CMake files write it: from where they lie, for that may be below a sysroot.
for_cmake() { realpath -ms --relative-to "$libdir/cmake/ShoutoutOtp" "$1"; }

take_away() { rm -f "$root$1"; }

case $what in
    install)
        for_each files copy
        for_each links link
        for_each made fill_in
        echo "installed libshoutout_otp $version in $root$prefix"
        [ -n "$root" ] || echo "If that is a folder of the system's: run ldconfig as root, so that programs find it."
        ;;
    uninstall)
        for_each made take_away
        for_each links take_away
        for_each files take_away
        # Ours alone: bin or include may be another's, though nothing is in it.
        rmdir "$root$libdir/cmake/ShoutoutOtp" "$root$docdir" 2>/dev/null || true
        echo "uninstalled libshoutout_otp $version from $root$prefix"
        ;;
    *) echo "install.sh: install or uninstall, not $what" >&2 && exit 2 ;;
esac
