#!/usr/bin/env bash
# Makes the Python packages, a wheel for the bundle's platform and the source package:   python.sh BUNDLE OUT
# BUNDLE is a folder that packaging/bundle.sh made; its name, such as linux-x86_64-gnu, gives the wheel's tag. The wheel is
# built from the source package, which so is seen to be whole. The same inputs give the same bytes: every file has the
# date SOURCE_DATE_EPOCH, by default that of the last commit. Needs the tools of bindings/python/requirements-dev.txt.
set -euo pipefail
usage='usage: python.sh BUNDLE OUT'
bundle=$(realpath -e "${1:?$usage}")
mkdir -p "${2:?$usage}"
out=$(realpath -e "$2")
cd "$(dirname "$0")/.."
python=$PWD/.venv/bin/python

third_party=$bundle/THIRD-PARTY-LICENSES.txt
if [ ! -f "$third_party" ]; then
    echo "python: $third_party is missing, and no wheel may go out without it; packaging/bundle.sh makes it" >&2
    exit 1
fi
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Both are built outside the tree: the licences lie elsewhere in it, and nothing is to be left behind.
mkdir "$work/source" "$work/made" "$work/unpacked"
cp -R bindings/python/{src,README.md,hatch_build.py,pyproject.toml} LICENSE LICENSE-* "$work/source"
export PYTHONDONTWRITEBYTECODE=1
# Without isolation: the tools at the versions that requirements-dev.txt pins, and nothing from the network.
"$python" -m build --no-isolation --sdist --outdir "$work/made" "$work/source"

tar -xzf "$work"/made/*.tar.gz -C "$work/unpacked" --strip-components=1
cp "$third_party" "$work/unpacked"
SHOUTOUT_OTP_BUNDLE=$bundle "$python" -m build --no-isolation --wheel --outdir "$work/made" "$work/unpacked"

mv "$work"/made/* "$out"
