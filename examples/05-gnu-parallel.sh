#!/usr/bin/env bash
# Several processes on one file: each does its share of the people (--shard), by a hash of who they are. They need to know nothing of each
# other, and may run on different machines. With GNU parallel, or with xargs where that is not installed.
#
#   DYNCAMP_PROFILE=prod examples/05-gnu-parallel.sh 4 "Spring Launch" people.csv out/
#
# For one organization one process is as fast: the organization decides how much it takes at a time. Shards are for several machines, and
# for work that is cut by hand.
set -euo pipefail
export shards=${1:?how many shards?} campaign=${2:?which campaign?} people=${3:?which file of people?} out=${4:?which folder for results and events?}
mkdir -p "$out"

# The file is read by each of them: it has to be a file, not a pipe.
one_shard() {
  local code=0
  dyncamp --quiet add "$campaign" -f "$people" --shard "$1/$shards" --results "$out/results-$1.jsonl" >"$out/events-$1.jsonl" || code=$?
  echo "$code" >"$out/exit-$1"
}
export -f one_shard

if parallel --version 2>/dev/null | grep -q 'GNU parallel'; then
  seq "$shards" | parallel --jobs "$shards" one_shard {}
else
  echo 'GNU parallel is not installed; xargs does it.' >&2
  seq "$shards" | xargs -P "$shards" -I {} bash -c 'one_shard {}'
fi

# The gravest exit code of all shards. Repeating the command is safe: people who are done are skipped.
for code in 1 2 3 4 5 75 65 68 130 143; do
  if grep -qx "$code" "$out"/exit-*; then exit "$code"; fi
done
