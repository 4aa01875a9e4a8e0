#!/usr/bin/env bash
# What a host process does to the library: threads, forks, signals, limits, descriptors, dlopen, its environment; and what a panic
# inside the library does to the host.
#
#   run.sh LIB_DIR PROBE_LIB_DIR ECHO_SERVICE_BIN BUILD_DIR
#
# PROBE_LIB_DIR holds the library with the feature panic-probe. CC, CFLAGS (to compile) and LDFLAGS (to link) may be set, to
# sanitize.
set -euo pipefail

if [[ $# -ne 4 ]]; then
    echo "usage: $0 LIB_DIR PROBE_LIB_DIR ECHO_SERVICE_BIN BUILD_DIR" >&2
    exit 2
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lib_dir=$(cd "$1" && pwd)
probe_lib_dir=$(cd "$2" && pwd)
echo_service=$(realpath "$3")
build_dir=$(mkdir -p "$4" && cd "$4" && pwd)
ca_file=$build_dir/echo-service.pem
soname=libshoutout_otp.so.0

read -ra compiling <<<"-std=gnu11 -g -O1 -Wall -Wextra -Wpedantic -Werror -Wconversion ${CFLAGS:-}"
read -ra linking <<<"-pthread -ldl ${LDFLAGS:-}"

for source in "$here"/*.c "$here"/../c/{service_process,echo_service,relay,secrets}.c; do
    "${CC:-gcc}" "${compiling[@]}" -I "$here/../../include" -c "$source" -o "$build_dir/$(basename "$source" .c).o"
done

shared=("$build_dir"/{host,service_process,echo_service,relay,secrets}.o)

# link PROGRAM [ARGUMENT…]: with what all programs share.
link() {
    local program=$build_dir/$1
    shift
    "${CC:-gcc}" -o "$program" "$program.o" "${shared[@]}" "$@" "${linking[@]}"
}

# link_with_library PROGRAM LIB_DIR: a program looks for the library by its SONAME.
link_with_library() {
    [[ -e $2/$soname ]] || ln -s libshoutout_otp.so "$2/$soname"
    link "$1" "$build_dir/sending.o" -L "$2" -lshoutout_otp "-Wl,-rpath,$2"
}

for program in threads forks signals limits environment low_descriptors reused_descriptors thread_cancel; do
    link_with_library "$program" "$lib_dir"
    "$build_dir/$program" "$echo_service" "$ca_file"
done

link dlopen
"$build_dir/dlopen" "$echo_service" "$ca_file" "$lib_dir/libshoutout_otp.so" 100

link_with_library panics "$probe_lib_dir"
# To bind a function at its first call, the dynamic linker saves the vector registers on the stack, and a key with them.
LD_BIND_NOW=1 "$build_dir/panics" "$echo_service" "$ca_file"
