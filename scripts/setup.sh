#!/usr/bin/env bash
# Makes a Debian-like machine ready:   setup.sh demo|dist|test
# It looks first, says what is missing, and installs that through apt; the Python tools go into .venv inside the
# repository. Whatever cannot be had is a failure: no language is skipped in silence.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:?usage: setup.sh demo|dist|test}
missing=()

# need PACKAGE TEST…: the package is missing unless the test succeeds.
need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

have() { command -v "$1"; }
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
need g++ have c++
need php-cli php_has ffi
if [ "$purpose" != demo ]; then
    need binutils have readelf
    need zip have zip
    need python3-venv venv_works
fi
if [ "$purpose" = test ]; then
    need clang have clang++
    need valgrind have valgrind
    need pkg-config have pkg-config
    need libcjson-dev test -e /usr/include/cjson/cJSON.h
    need abigail-tools have abidiff
    need cmake have cmake
    need doxygen have doxygen
    need nginx-light test -x /usr/sbin/nginx
    need openssl have openssl
    need tinyproxy-bin have tinyproxy
    need iproute2 have ip
    need shellcheck have shellcheck
    need curl have curl
    need chromium have chromium
    need npm have npm
    need phpunit have phpunit
    need composer have composer
    need php-codesniffer have phpcs
    need php-fpm php_fpm_of_this_version
    need php-zip php_has zip
    need libfcgi-bin have cgi-fcgi
    need unzip have unzip
fi
install_missing
if [ "$purpose" = test ]; then
    cargo fmt --version >/dev/null
    cargo clippy --version >/dev/null
fi
if [ "$purpose" != demo ]; then
    # The tools of the Python packages and their tests, in the repository's own environment.
    scripts/venv.sh .venv bindings/python/requirements-dev.txt
fi
