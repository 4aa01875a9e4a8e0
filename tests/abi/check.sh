#!/usr/bin/env bash
# Holds what every build of the shared library must be:   check.sh LIBRARY [GLIBC]
# What is exported is what the header declares is what symbols.txt lists; the library has its SONAME, stays mapped, can be
# loaded late, and is no larger than its budget. With GLIBC, such as 2.17, it must load where the C library is that old.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
library=${1:?usage: check.sh LIBRARY [GLIBC]}
glibc=${2:-}
# Bytes of a stripped library: it is copied into every image and mapped into every worker.
size_budget=1800000
passed=0
failed=0

# expect WHAT COMMAND…: counts, and shows the command's output where it fails.
expect() {
    local what=$1 output
    shift
    if output=$("$@" 2>&1); then
        echo "ok: $what"
        passed=$((passed + 1))
    else
        printf 'FAILED: %s\n%s\n' "$what" "$output"
        failed=$((failed + 1))
    fi
}

exported() { nm --dynamic --defined-only "$library" | awk '{print $3}' | LC_ALL=C sort; }
dynamic_section_has() { readelf --dynamic --wide "$library" | grep -F "$1"; }
header_matches_list() { diff "$here/symbols.txt" <("$here/list-functions.sh" "$here/../../include/shoutout_otp.h"); }
has_no_panic_probe() { ! grep -q panic-probe "$library"; }
exports_match_list() { diff "$here/symbols.txt" <(exported); }

has_no_static_tls() { ! dynamic_section_has STATIC_TLS; }
keeps_its_budget() {
    local size
    size=$(stat --format %s "$library")
    [ "$size" -le "$size_budget" ] || { echo "it has $size bytes, $((size - size_budget)) more than $size_budget" && return 1; }
}
newest_glibc() { objdump --dynamic-syms "$library" | grep -oE 'GLIBC_[0-9.]+' | cut -d _ -f 2 | sort -uV | tail -n 1; }
loads_with_old_glibc() {
    local newest
    newest=$(newest_glibc)
    [ -n "$newest" ] || { echo "objdump sees no symbol of glibc in it: is it made for such a processor?" && return 1; }
    [ "$(printf '%s\n%s\n' "$newest" "$glibc" | sort -V | tail -n 1)" = "$glibc" ] ||
        { echo "it asks for glibc $newest:" && objdump --dynamic-syms "$library" | grep -F "GLIBC_$newest" && return 1; }
}
needs_no_libgcc() { ! dynamic_section_has libgcc_s; }

expect 'the header declares exactly the functions of symbols.txt' header_matches_list
expect 'the library exports exactly the functions of symbols.txt' exports_match_list
expect 'the feature panic-probe, which is for tests, is not in it' has_no_panic_probe
expect 'the SONAME is libshoutout_otp.so.0' dynamic_section_has 'Library soname: [libshoutout_otp.so.0]'
expect 'the library stays mapped after dlclose (NODELETE)' dynamic_section_has 'NODELETE'
expect 'it takes no room in the static TLS block, which a late dlopen may find full' has_no_static_tls
expect "the stripped library keeps within $size_budget bytes" keeps_its_budget
if [ -n "$glibc" ]; then
    expect "no symbol asks for a glibc newer than $glibc" loads_with_old_glibc
    expect 'libgcc_s is not needed' needs_no_libgcc
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
