#!/usr/bin/env bash
# Runs a command where this source tree cannot be reached:   without-sources.sh COMMAND…
# A package that works only because the sources lie beside it is the usual mistake in packaging; so the tree is covered
# with an empty folder, for this command and its children alone. What the command needs of the tree, its caller copies
# out before.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
export SHOUTOUT_HIDDEN_SOURCES=$root
# Whatever pointed into the tree would point nowhere, and must not help an installed package along.
unset SHOUTOUT_OTP_LIBRARY SHOUTOUT_SANDBOX_BIN SHOUTOUT_GOLDEN_SERVICE_BIN PYTHONPATH

own_root=()
[ "$(id -u)" -eq 0 ] || own_root=(--user --map-root-user)
# shellcheck disable=SC2016  # expanded inside
exec unshare "${own_root[@]}" --mount bash -euc '
    mount -t tmpfs -o mode=0755,size=1m hidden-sources "$SHOUTOUT_HIDDEN_SOURCES"
    cd /
    [ -z "$(ls -A "$SHOUTOUT_HIDDEN_SOURCES")" ] || { echo "without-sources: the source tree is still there" >&2; exit 1; }
    exec "$@"
' without-sources "$@"
