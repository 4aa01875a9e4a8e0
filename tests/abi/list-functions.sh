#!/usr/bin/env bash
# Lists the functions that a header declares, one a line, sorted:   list-functions.sh HEADER
set -euo pipefail
# Comments are taken out first, for they name functions too.
sed -e ':a;s@/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/@@g;/\/\*/{N;ba' -e '}' "${1:?usage: list-functions.sh HEADER}" |
    grep -oE '\bso_[a-z0-9_]+\(' | tr -d '(' | LC_ALL=C sort -u
