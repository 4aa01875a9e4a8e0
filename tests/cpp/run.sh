#!/usr/bin/env bash
# Compiles the C++ layer's test with both compilers and both standards, and runs it against a sandbox of its own:
#   run.sh LIBRARY_FOLDER SANDBOX BUILD_FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
libraries=${1:?usage: run.sh LIBRARY_FOLDER SANDBOX BUILD_FOLDER}
sandbox=${2:?usage: run.sh LIBRARY_FOLDER SANDBOX BUILD_FOLDER}
build=${3:?usage: run.sh LIBRARY_FOLDER SANDBOX BUILD_FOLDER}
mkdir -p "$build"

# It ends with its standard input, that is, with this script.
coproc SANDBOX { "$sandbox" --port 0 --exit-with-stdin; }
read -r ready <&"${SANDBOX[0]}"
base_url=$(sed -E 's/.*"base_url":"([^"]+)".*/\1/' <<<"$ready")

for compiler in g++ clang++; do
    for standard in c++17 c++20; do
        echo "$compiler -std=$standard"
        "$compiler" -std="$standard" -Wall -Wextra -Wpedantic -Werror -Wconversion -Wshadow -I "$here/../../include" \
            "$here/wrapper.cpp" -o "$build/wrapper" -L "$libraries" "-Wl,-rpath,$libraries" -lshoutout_otp
        "$build/wrapper" "$base_url"
    done
done
echo 'under valgrind'
valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect,possible --errors-for-leak-kinds=definite,indirect,possible \
    --error-exitcode=9 "$build/wrapper" "$base_url"
