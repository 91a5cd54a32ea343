#!/usr/bin/env bash
# The main job on the embedded emulator: list, add, see that a second run changes nothing, remove, check.
# Needs nothing but this checkout: no account, no network. Everything it writes goes to a folder of its own, which it removes.
set -euo pipefail
cd "$(dirname "$0")/.."

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export DYNCAMP_STATE_DIR="$home/state" DYNCAMP_CONFIG_DIR="$home/config" DYNCAMP_PROFILE=emulator

dyncamp() { node bin/dyncamp.js "$@"; }
say() { printf '\n\n# %s\n' "$1"; }
show() {
  printf '$ dyncamp'
  printf ' %q' "$@"
  printf '\n'
}
# Runs a command and expects this exit code.
run() {
  local expected=$1 code=0
  shift
  show "$@"
  dyncamp "$@" || code=$?
  if [ "$code" -ne "$expected" ]; then
    echo "exit $code, expected $expected" >&2
    exit 1
  fi
  echo "(exit $code)"
}

say 'Which campaigns can people be added to?'
run 0 campaigns list -o table

say 'Add the people of a CSV file: some are in Dynamics, some are new, some rows are bad. Each real change is one event.'
run 68 add 'Spring Launch' -f examples/people.csv --results "$home/results.csv"

say 'What became of each row'
cut -d, -f2-9,11,12 "$home/results.csv"

say 'The same again changes nothing and tells no event'
run 68 --quiet add 'Spring Launch' -f examples/people.csv

say 'Take two of them out again; one of them was never in'
run 0 remove 'Spring Launch' anna.arendt@nordlicht.example ben.baker@harbour.example

say 'People added by someone else are not removed'
run 0 remove 'Autumn Webinar' -f examples/webinar-leavers.txt

say 'A campaign that cannot be used: nothing is written, and the remedy is said'
run 3 add 'Trade Fair Berlin' anna.arendt@nordlicht.example

say 'Is campaign sync working?'
run 0 sync check 'Spring Launch' -o table
