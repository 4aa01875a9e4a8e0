#!/usr/bin/env bash
# A Python environment with what a list of requirements says, made anew when the list changes:
#
#   venv.sh FOLDER REQUIREMENTS
set -euo pipefail
folder=${1:?usage: venv.sh FOLDER REQUIREMENTS}
wanted=${2:?usage: venv.sh FOLDER REQUIREMENTS}

cmp -s "$wanted" "$folder/installed.txt" && exit
python3 -m venv --clear "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$wanted"
cp "$wanted" "$folder/installed.txt"
