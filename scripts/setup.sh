#!/usr/bin/env bash
# Makes a Debian-like machine ready:   setup.sh demo|test|dist|bench
# It looks first, says what is missing, and installs that through apt; the Python tools go into .venv inside the
# repository. Whatever cannot be had is a failure: no language is skipped in silence.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-}
[[ $purpose =~ ^(demo|test|dist|bench)$ ]] || { echo 'usage: setup.sh demo|test|dist|bench' >&2 && exit 2; }
missing=()

# need PURPOSES PACKAGE TEST…: for these purposes the package is missing unless the test succeeds.
need() {
    local purposes=$1 package=$2
    shift 2
    [[ ,$purposes, == *,$purpose,* ]] || return 0
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

have() { command -v "$1"; }
pkg_config_has() { pkg-config --exists "$1"; }
guzzle_is_there() { test -e /usr/share/php/GuzzleHttp/autoload.php; }
php_has() { php -r "exit(extension_loaded('$1') ? 0 : 1);"; }
php_version() { php -r 'echo PHP_MAJOR_VERSION . "." . PHP_MINOR_VERSION;'; }
php_fpm_of_this_version() { test -x "/usr/sbin/php-fpm$(php_version)"; }
venv_works() { python3 -c 'import ensurepip, venv'; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo >/dev/null; then
        sudo "$@"
    else
        echo "setup: cannot become root; run this as root: $*" >&2
        exit 1
    fi
}

install_missing() {
    [ ${#missing[@]} -eq 0 ] && return
    echo "setup: missing, to be installed through apt: ${missing[*]}"
    if ! have apt-get >/dev/null; then
        echo "setup: there is no apt-get here; install what corresponds to these packages" >&2
        exit 1
    fi
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    # Debian starts the servers that it installs; the tests want the program only.
    if [ -d /run/systemd/system ]; then
        [[ " ${missing[*]} " != *" nginx-light "* ]] || as_root systemctl --quiet disable --now nginx
        [[ " ${missing[*]} " != *" php-fpm "* ]] || as_root systemctl --quiet disable --now "php$(php_version)-fpm"
    fi
}

require_rust() {
    if ! have cargo >/dev/null; then
        echo "setup: Rust is missing: install it with rustup (https://rustup.rs)" >&2
        exit 1
    fi
}

require_rust
need demo,test,dist,bench g++ have c++
need demo,test,dist,bench php-cli php_has ffi
need test,dist binutils have readelf
need test,dist zip have zip
need test,dist,bench python3-venv venv_works
need test,bench nginx-light test -x /usr/sbin/nginx
need test,bench openssl have openssl
need test,bench valgrind have valgrind
need test,bench pkg-config have pkg-config
need test,bench libcurl4-openssl-dev pkg_config_has libcurl
need test,bench libssl-dev pkg_config_has openssl
need test clang have clang++
need test libcjson-dev test -e /usr/include/cjson/cJSON.h
need test abigail-tools have abidiff
need test cmake have cmake
need test doxygen have doxygen
need test tinyproxy-bin have tinyproxy
need test iproute2 have ip
need test shellcheck have shellcheck
need test curl have curl
need test chromium have chromium
need test npm have npm
need test phpunit have phpunit
need test composer have composer
need test php-codesniffer have phpcs
need test,bench php-fpm php_fpm_of_this_version
need test php-zip php_has zip
need test libfcgi-bin have cgi-fcgi
need test unzip have unzip
need bench strace have strace
need bench ca-certificates test -e /etc/ssl/certs/ca-certificates.crt
need bench php-curl php_has curl
need bench php-guzzlehttp-guzzle guzzle_is_there
install_missing
# The tools from PyPI go into the repository's own folders.
case $purpose in
    test) cargo fmt --version >/dev/null && cargo clippy --version >/dev/null ;;&
    test | dist) scripts/venv.sh .venv bindings/python/requirements-dev.txt ;;
    bench) scripts/venv.sh "${CARGO_TARGET_DIR:-target}/bench-venv" benches/python/requirements.txt ;;
esac
