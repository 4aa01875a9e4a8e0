#!/usr/bin/env bash
# Tests of a program's login, against a sandbox:   test_login.sh SANDBOX LOGIN
#
# SANDBOX is the program shoutout-sandbox. LOGIN is send_and_verify of examples/c or examples/cpp, or one of yours that sends
# a code to the number in its first argument and reads from its standard input what the user types.
set -euo pipefail
sandbox=$1
login=$2
number=94771234567

# It ends with its standard input, and so with this script, however that ends.
coproc "$sandbox" --port 0 --exit-with-stdin
read -r ready <&"${COPROC[0]}"
url=${ready#*'"url":"'} && url=${url%%'"'*}
export SHOUTOUT_BASE_URL=$url/otpservice SHOUTOUT_API_KEY=made-up.for.tests

control() { curl -sSf --noproxy '*' -H 'Content-Type: application/json' "$url/_sandbox/$1" "${@:2}"; }
code() { "$sandbox" wait --url "$url" --to "$number" --print code; }

# What follows begins with an empty inbox, no faults and the clock set right.
it() {
    name=$1
    control reset -X POST >/dev/null
}

run_login() {
    status=0
    said=$("$login" "$number" 2>&1) || status=$?
}

# The login's exit status, something that it said (in lower case), and how many SMS are in the inbox.
expect() {
    local inbox
    inbox=$(control ready)
    if [[ $status != "$1" || ${said,,} != *"$2"* || $inbox != *"\"messages\":$3,"* ]]; then
        printf 'FAILED: %s\nexit status %s, sandbox %s, output:\n%s\n' "$name" "$status" "$inbox" "$said" >&2
        exit 1
    fi
    echo "ok: $name"
}

it 'lets in whoever types the code of the SMS'
run_login < <(code)
expect 0 'code: verified' 1

it 'refuses a wrong code'
run_login <<<'wrong'
expect 1 'not verified: wrong code' 1

it 'refuses a code that has expired'
run_login < <(typed=$(code) && control clock -d '{"advance_seconds":3600}' >/dev/null && echo "$typed")
expect 1 'not verified: expired' 1

it 'does not send again when the answer was lost, and tells the user to wait'
control faults -d '{"do":{"kind":"answer_lost"}}' >/dev/null
run_login </dev/null
expect 2 'wait a minute' 1

it 'recovers with the service'
control faults -d '{"do":{"kind":"answer","status":503}}' >/dev/null
run_login </dev/null # in vain
run_login < <(code)
expect 0 'code: verified' 1
