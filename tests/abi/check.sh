#!/usr/bin/env bash
# Holds the shared library's surface:   check.sh LIBRARY
# What is exported is what the header declares is what symbols.txt lists; the library has its SONAME and stays mapped, and is
# no larger than it may be.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
library=${1:?usage: check.sh LIBRARY}
most_bytes=1800000
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
is_small_enough() {
    local bytes
    bytes=$(stat --format=%s "$library")
    [ "$bytes" -le "$most_bytes" ] || { echo "it has $bytes bytes: see what grew (nm --size-sort of an unstripped build)" && false; }
}
exports_match_list() { diff "$here/symbols.txt" <(exported); }

expect 'the header declares exactly the functions of symbols.txt' header_matches_list
expect 'the library exports exactly the functions of symbols.txt' exports_match_list
expect 'the feature panic-probe, which is for tests, is not in it' has_no_panic_probe
expect 'the SONAME is libshoutout_otp.so.0' dynamic_section_has 'Library soname: [libshoutout_otp.so.0]'
expect 'the library stays mapped after dlclose (NODELETE)' dynamic_section_has 'NODELETE'
expect "the library has no more than $most_bytes bytes" is_small_enough

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
