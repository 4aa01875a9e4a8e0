#!/usr/bin/env bash
# Installs the Python packages where the sources cannot be reached, and uses them:   python.sh DIST
# DIST holds what packaging/python.sh made. What is in each package is looked at first. Then this machine's wheel, and
# after it the source package, is installed in a fresh virtual environment, used by the tests in python/, and uninstalled.
# A failure names the package and the step. Only pytest and hatchling come from the network, or from pip's cache.
set -euo pipefail
dist=$(realpath -e "${1:?usage: python.sh DIST}")
cd "$(dirname "$0")/../.."
tools=$PWD/.venv/bin/python

package='the Python packages'
# shellcheck source=tests/install/steps.sh
source tests/install/steps.sh

in_env() { tests/install/without-sources.sh "$work/env/bin/python" -I -B "$@"; }
pip_in_env() { in_env -m pip --quiet --disable-pip-version-check "$@"; }

# only FILE…: the one file, of a pattern that must match no other number.
only() {
    if [ $# -ne 1 ] || [ ! -f "$1" ]; then
        echo "tests/install/python: in $dist there must be one of these: $*" >&2
        return 1
    fi
    echo "$1"
}

# run_tests FILE: with warnings as errors, as in bindings/python.
run_tests() {
    in_env -m pytest -q -p no:cacheprovider --strict-markers -W error --rootdir "$work/tests" "$work/tests/$1"
}

# Pytest's own byte code would be left, too, but for the option -B above.
uninstalled_whole() {
    pip_in_env uninstall --yes shoutout-otp
    local left
    left=$(find "$work/env" -iname '*shoutout*')
    [ -z "$left" ] || { printf 'left behind:\n%s\n' "$left" >&2; return 1; }
}

# Copied, for DIST may lie in the source tree; and the tests do.
mkdir "$work/dist"
cp "$dist"/shoutout_otp-*.{whl,tar.gz} "$work/dist"
cp -R tests/install/python "$work/tests"
source_package=$(only "$work"/dist/*.tar.gz)
wheel=$(only "$work"/dist/*-manylinux_*_"$(uname -m)".whl)

next 'what is in them'
SHOUTOUT_TEST_DIST=$work/dist "$tools" -m pytest -q -p no:cacheprovider --rootdir tests/install/python \
    tests/install/python/test_contents.py
for other in "$work"/dist/*.whl; do
    [ "$other" = "$wheel" ] || echo "tests/install/python: NOT RUN: $(basename "$other") is for another platform"
done

step='making an environment for them'
python3 -m venv "$work/env"
"$work/env/bin/python" -m pip install --quiet --disable-pip-version-check \
    --constraint bindings/python/requirements-dev.txt pytest hatchling

package=$(basename "$wheel")
next 'pip install, without the network'
pip_in_env install --no-index "$wheel"
next 'what it does where it is installed'
run_tests test_wheel.py
next 'pip uninstall'
uninstalled_whole

package=$(basename "$source_package")
unzip -q -j -d "$work/bundle" "$wheel" '*/libshoutout_otp.so' '*/shoutout-sandbox'
next 'pip install, without the network and without a bundle'
pip_in_env install --no-index --no-build-isolation "$source_package"
next 'what it does where it is installed'
SHOUTOUT_TEST_BUNDLE=$work/bundle run_tests test_source_package.py
next 'pip uninstall'
uninstalled_whole
