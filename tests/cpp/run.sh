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

# compiles COMPILER ARGUMENT…: the header by itself.
compiles() { "$1" "${@:2}" -I "$here/../../include" -c "$here/header_only.cpp" -o "$build/header_only.o"; }

# refused WORD COMPILER ARGUMENT…: the header says with this word why it cannot be used so.
refused() {
    if compiles "${@:2}" 2>"$build/refusal" || ! grep -q "error.*$1" "$build/refusal"; then
        printf 'no word on %s from: %s\n' "$1" "${*:2}" >&2
        exit 1
    fi
}

strict=(-Wall -Wextra -Wpedantic -Werror -std=c++17)
compiles g++ "${strict[@]}" -Weffc++
compiles clang++ "${strict[@]}" -Weffc++ -Wweak-vtables
for compiler in g++ clang++; do
    refused 'needs C++17' "$compiler" -std=c++14
    refused 'throws exceptions' "$compiler" -std=c++17 -fno-exceptions
done

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
