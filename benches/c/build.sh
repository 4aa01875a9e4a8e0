#!/usr/bin/env bash
# Builds the C side of the benchmarks:   build.sh LIB_DIR BUILD_DIR
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lib_dir=$(cd "${1:?usage: build.sh LIB_DIR BUILD_DIR}" && pwd)
build_dir=$(mkdir -p "${2:?usage: build.sh LIB_DIR BUILD_DIR}" && cd "$2" && pwd)

flags=(-std=c11 -O2 -Wall -Wextra -Wpedantic -Werror -Wconversion -I "$here/../../include")
ours=(-L "$lib_dir" "-Wl,-rpath,$lib_dir" -lshoutout_otp)
cd "$here"
gcc "${flags[@]}" -o "$build_dir/send" send.c give_up.c shoutout_otp.c libcurl.c socket.c "${ours[@]}" -lcurl -lssl -lcrypto
gcc "${flags[@]}" -o "$build_dir/threads" threads.c give_up.c shoutout_otp.c "${ours[@]}" -pthread
# Not linked with the library: to load it is what this one measures.
gcc "${flags[@]}" -o "$build_dir/load" load.c give_up.c -ldl
