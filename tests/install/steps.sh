# shellcheck shell=bash
# What the tests of installed packages share. They set `package` and source this: they get a folder for their work, which is
# gone when they end, and a failure names the package and the step.

work=$(mktemp -d)
step='being found'

# Not a trap on ERR, which functions do not inherit: a failure inside one would be nameless.
finish() {
    local status=$?
    rm -rf "$work"
    [ "$status" -eq 0 ] || echo "tests/install: FAILED: ${package:?}: $step" >&2
}
trap finish EXIT

# next STEP: says what follows.
next() { step=$1; echo "tests/install: $package: $step"; }

# first_commands PAGE: the shell commands that a page of docs/ begins with, to the letter.
# shellcheck disable=SC2016  # these are backticks, and no command
first_commands() { sed -n '/^```sh$/,/^```$/ { /^```$/q; /^```/!p }' "$1"; }
