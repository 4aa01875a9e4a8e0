#!/usr/bin/env bash
# Tests the inbox page in the system's Chromium, by sends of the real library:   run.sh SANDBOX LIBRARY VENV
# VENV is made, and made anew when the list of requirements changes; axe-core comes through npm, into this folder.
set -euo pipefail
sandbox=${1:?usage: run.sh SANDBOX LIBRARY VENV}
library=${2:?usage: run.sh SANDBOX LIBRARY VENV}
venv=${3:?usage: run.sh SANDBOX LIBRARY VENV}
here=$(cd "$(dirname "$0")" && pwd)

"$here/../../../scripts/venv.sh" "$venv" "$here/requirements.txt"
if ! cmp -s "$here/package-lock.json" "$here/node_modules/installed.json"; then
    npm ci --silent --no-audit --no-fund --prefix "$here"
    cp "$here/package-lock.json" "$here/node_modules/installed.json"
fi

export SHOUTOUT_SANDBOX_BIN=$sandbox SHOUTOUT_OTP_LIBRARY=$library
export PYTHONDONTWRITEBYTECODE=1
cd "$here"
"$venv/bin/python" -m ruff check --no-cache .
"$venv/bin/python" -m ruff format --no-cache --check .
"$venv/bin/python" -m mypy --cache-dir "$venv/mypy"
exec "$venv/bin/python" -m pytest -p no:cacheprovider
