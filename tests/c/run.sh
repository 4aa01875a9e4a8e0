#!/usr/bin/env bash
# Compiles the C tests with every compiler and language standard that users have, runs them all, and runs some of them
# once more under valgrind.
#
#   run.sh LIB_DIR GOLDEN_SERVICE_BIN BUILD_DIR
set -euo pipefail

if [[ $# -ne 3 ]]; then
    echo "usage: $0 LIB_DIR GOLDEN_SERVICE_BIN BUILD_DIR" >&2
    exit 2
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lib_dir=$(cd "$1" && pwd)
golden_service=$(realpath "$2")
# Built together.
echo_service=$(dirname "$golden_service")/echo-service
build_dir=$(mkdir -p "$3" && cd "$3" && pwd)
include_dir=$here/../../include
table=$here/../golden

warnings=(-Wall -Wextra -Wpedantic -Werror -Wconversion)
# A program looks for the library by its SONAME: the build folder takes that link where the library's folder lacks it.
linking=(-L "$lib_dir" -lshoutout_otp "-Wl,-rpath,$lib_dir" "-Wl,-rpath,$build_dir")
if [[ ! -e $lib_dir/libshoutout_otp.so.0 ]]; then
    ln -sf "$lib_dir/libshoutout_otp.so" "$build_dir/libshoutout_otp.so.0"
fi

service=(golden_service.c service_process.c)
peers=(echo_service.c relay.c secrets.c service_process.c)

# compile COMPILER STANDARD PROGRAM SOURCE... [LIBRARY...]
compile() {
    local compiler=$1 standard=$2 program=$3
    shift 3
    "$compiler" "-std=$standard" -g -O1 "${warnings[@]}" -I "$include_dir" -o "$program" "$@" "${linking[@]}" -pthread
}

cd "$here"
for compiler in gcc clang; do
    for standard in c99 c11; do
        echo "== $compiler -std=$standard"
        programs=$build_dir/$compiler-$standard
        mkdir -p "$programs"
        compile "$compiler" "$standard" "$programs/header_c" header_c.c
        compile "$compiler" "$standard" "$programs/error_paths" error_paths.c
        compile "$compiler" "$standard" "$programs/error_paths_calls" error_paths_calls.c "${service[@]}"
        compile "$compiler" "$standard" "$programs/key_is_wiped" key_is_wiped.c "${peers[@]}"
        compile "$compiler" "$standard" "$programs/golden" golden.c "${service[@]}" table.c -lcjson
        "$programs/header_c"
        "$programs/error_paths"
        "$programs/error_paths_calls" "$golden_service" "$table"
        # To bind a function at its first call, the dynamic linker saves the vector registers on the stack, and with
        # them whatever memcpy moved last: that is not the library's to wipe.
        LD_BIND_NOW=1 "$programs/key_is_wiped" "$echo_service" "$build_dir/echo-service.pem"
        "$programs/golden" "$golden_service" "$table"
    done
done

for compiler in g++ clang++; do
    for standard in c++11 c++17 c++20; do
        echo "== $compiler -std=$standard"
        compile "$compiler" "$standard" "$build_dir/header_cpp" header_cpp.cpp
        "$build_dir/header_cpp"
    done
done

# The library keeps its connections for the next client, on purpose: that memory is still reachable, and no leak.
echo '== valgrind'
# A kept hash table looks "possibly lost", for only its middle is pointed to.
kinds="definite,indirect"
checked=(valgrind --quiet --leak-check=full "--show-leak-kinds=$kinds" "--errors-for-leak-kinds=$kinds"
    --error-exitcode=9)
"${checked[@]}" "$build_dir/gcc-c99/error_paths"
"${checked[@]}" "$build_dir/gcc-c99/error_paths_calls" "$golden_service" "$table"
"${checked[@]}" "$build_dir/gcc-c99/golden" "$golden_service" "$table"
