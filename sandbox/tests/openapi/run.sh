#!/usr/bin/env bash
# Tests the sandbox against docs/openapi.yaml:   run.sh SANDBOX VENV
# VENV is made, and made anew when the list of requirements changes. It is not that of the other Python tests, because
# schemathesis brings two dozen packages that none of them needs.
set -euo pipefail
sandbox=${1:?usage: run.sh SANDBOX VENV}
venv=${2:?usage: run.sh SANDBOX VENV}
here=$(cd "$(dirname "$0")" && pwd)

"$here/../../../scripts/venv.sh" "$venv" "$here/requirements.txt"
export SHOUTOUT_SANDBOX_BIN=$sandbox
export PYTHONDONTWRITEBYTECODE=1
exec "$venv/bin/python" -m pytest -p no:cacheprovider --rootdir "$here" --strict-config --strict-markers "$here"
