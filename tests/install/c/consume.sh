#!/usr/bin/env bash
# Builds programs against an installed tree in every way that C and C++ programs do, and lets each log a user in:
#
#   consume.sh NAME TREE SOURCES
#
# NAME is what a failure calls the tree; SOURCES has the programs, CMakeLists.txt and test_login.sh. The compilers may be
# others (CC, CXX), and the programs another machine's (RUN, such as qemu-aarch64-static).
set -euo pipefail
package=${1:?usage: consume.sh NAME TREE SOURCES}
tree=$(cd "${2:?usage: consume.sh NAME TREE SOURCES}" && pwd)
sources=$(cd "${3:?usage: consume.sh NAME TREE SOURCES}" && pwd)
# shellcheck source=tests/install/steps.sh
source "$(dirname "$0")/steps.sh"
CC=${CC:-cc} CXX=${CXX:-c++}
export PKG_CONFIG_PATH=$tree/lib/pkgconfig

flags() { pkg-config "$@" shoutout-otp; }

# runnable PROGRAM: a script that starts it by RUN, if that is given.
runnable() {
    printf '#!/bin/sh\nexec %s "%s" "$@"\n' "${RUN:-}" "$1" >"$work/$(basename "$1").run"
    chmod +x "$work/$(basename "$1").run"
    echo "$work/$(basename "$1").run"
}

# log_in STEP PROGRAM
log_in() {
    step=$1
    "$sources/test_login.sh" "$sandbox" "$(runnable "$2")" >"$work/log" 2>&1 || { cat "$work/log" && false; }
    echo "ok: $package: $step"
}

links_the_library() { readelf --dynamic "$1" | grep -qF 'libshoutout_otp'; }
carries_the_library() { if links_the_library "$1"; then return 1; fi; }
# cmake_refuses REQUEST WORDS: find_package's, and what its error must say.
cmake_refuses() {
    local words=$2
    mkdir -p refused
    printf 'cmake_minimum_required(VERSION 3.13)\nproject(x C)\nfind_package(ShoutoutOtp %s)\n' "$1" >refused/CMakeLists.txt
    if cmake -S refused -B refused/build -DCMAKE_PREFIX_PATH="$tree" >cmake.log 2>&1; then return 1; fi
    grep -qF "$words" cmake.log || { cat cmake.log && return 1; }
}
build_by_cmake() {
    cmake -S "$sources" -B cmake -DCMAKE_PREFIX_PATH="$tree" -DCMAKE_C_COMPILER="$CC" -DCMAKE_CXX_COMPILER="$CXX"
    cmake --build cmake
}

cd "$work"
sandbox=$(runnable "$tree/bin/shoutout-sandbox")
# shellcheck disable=SC2046,SC2086  # the flags are words
{
    step='pkg-config --modversion is the version of the header'
    printf '#include <shoutout_otp.h>\nSHOUTOUT_OTP_VERSION\n' | "$CC" -E -P $(flags --cflags) - | grep -qxF "\"$(flags --modversion)\""

    step='pkg-config, C: compile'
    "$CC" -std=c99 "$sources/send_and_verify.c" $(flags --cflags --libs) -o shared
    links_the_library shared
    LD_LIBRARY_PATH=$tree/lib log_in 'pkg-config, C, shared' "$PWD/shared"

    step='pkg-config, C++: compile'
    "$CXX" -std=c++17 "$sources/send_and_verify.cpp" $(flags --cflags --libs) -o shared-cpp
    links_the_library shared-cpp
    LD_LIBRARY_PATH=$tree/lib log_in 'pkg-config, C++, shared' "$PWD/shared-cpp"

    # The linker says that a static getaddrinfo still wants the shared glibc of the machine; it is the same one here.
    step='pkg-config --static, C: compile a static program'
    "$CC" -std=c99 -static "$sources/send_and_verify.c" $(flags --static --cflags --libs) -o static 2>link.log || { cat link.log && false; }
    carries_the_library static
    log_in 'pkg-config --static, C, a static program' "$PWD/static"

    step='pkg-config --static, C++: compile with the static library alone'
    static_libs=$(flags --static --libs)
    "$CXX" -std=c++17 "$sources/send_and_verify.cpp" $(flags --cflags) ${static_libs/-lshoutout_otp/-l:libshoutout_otp.a} -o static-cpp
    carries_the_library static-cpp
    log_in 'pkg-config --static, C++, the static library in an ordinary program' "$PWD/static-cpp"
}

step='CMake: configure and build'
build_by_cmake >cmake.log 2>&1 || { cat cmake.log && false; }
for program in c_shoutout_otp cpp_shoutout_otp; do
    links_the_library cmake/$program
    log_in "CMake, $program" "$PWD/cmake/$program"
done
for program in c_shoutout_otp_static cpp_shoutout_otp_static; do
    carries_the_library cmake/$program
    log_in "CMake, $program" "$PWD/cmake/$program"
done

step='CMake: another major version is refused'
cmake_refuses '9 REQUIRED CONFIG' 'ShoutoutOtpConfig.cmake, version'
echo "ok: $package: $step"

step='CMake: a component is refused, for there are none'
cmake_refuses 'REQUIRED CONFIG COMPONENTS static' 'has no components'
echo "ok: $package: $step"
