#!/usr/bin/env bash
# Keeps the C ABI as it was released:
#
#   guard.sh check LIBRARY      fails at any difference from baseline/, be it an addition
#   guard.sh renew LIBRARY      makes the baseline anew; refuses a change that breaks programs, unless the SONAME is new
#
# LIBRARY is an unstripped build, for its debug information says what the functions take and return. What that cannot
# say (const, the numbers of the constants) is in the header, whose declarations are the other half of the baseline.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
what=${1:?usage: guard.sh check|renew LIBRARY}
library=${2:?usage: guard.sh check|renew LIBRARY}
baseline=$here/baseline
header=$here/../../include/shoutout_otp.h

now=$(mktemp -d)
trap 'rm -rf "$now"' EXIT
abidw --no-corpus-path --no-comp-dir-path --no-show-locs --no-write-default-sizes --no-parameter-names \
    --type-id-style hash "$library" | "$here/interface.py" >"$now/functions.abi"
# Without its comments, and with its macros.
cc -fpreprocessed -dD -E -P "$header" >"$now/declarations.h"

without_numbers() { sed -E 's/^(#define SHOUTOUT_OTP_(ABI_)?VERSION[A-Z_]*) .*/\1/' "$1"; }

# breaks_programs: says what a program built against the baseline would no longer find as it was.
breaks_programs() {
    local broken=1 gone
    abidiff --no-added-syms "$baseline/functions.abi" "$now/functions.abi" || broken=0
    # Lines that are gone or were changed; the numbers of the version are to change.
    gone=$(diff <(without_numbers "$baseline/declarations.h") <(without_numbers "$now/declarations.h") | grep '^<' || true)
    if [ -n "$gone" ]; then
        echo "$gone"
        broken=0
    fi
    return $broken
}

soname() { grep -o 'soname="[^"]*"' "$1/functions.abi" | cut -d '"' -f 2; }

check() {
    local differs=0
    abidiff "$baseline/functions.abi" "$now/functions.abi" || differs=1
    diff --unified "$baseline/declarations.h" "$now/declarations.h" || differs=1
    if [ $differs -ne 0 ]; then
        echo 'abi: FAILED: the C ABI is not the one in tests/abi/baseline. If that is meant: make abi-baseline' >&2
        exit 1
    fi
    echo 'abi: as in the baseline'
}

renew() {
    if [ -e "$baseline/functions.abi" ] && [ "$(soname "$baseline")" = "$(soname "$now")" ] && breaks_programs; then
        echo "abi: REFUSED: what is above breaks programs built against $(soname "$baseline"): keep the old function and give" \
            'the new one another name, or raise the major version, which is a new SONAME (docs/versioning.md)' >&2
        exit 1
    fi
    mkdir -p "$baseline"
    cp "$now/functions.abi" "$now/declarations.h" "$baseline"
    echo "abi: renewed $baseline"
}

case $what in
    check) check ;;
    renew) renew ;;
    *) echo "guard.sh: check or renew, not $what" >&2 && exit 2 ;;
esac
