#!/usr/bin/env bash
# Takes the export of a Marketo static list into a campaign: List Actions > Export List, saved as CSV. Its headers are understood as they
# stand; what only Marketo has (scores and the like) is named once and left out.
#
#   DYNCAMP_PROFILE=emulator examples/04-marketo-static-list.sh "Spring Launch" examples/04-marketo-static-list.csv
set -euo pipefail
campaign=${1:?which campaign?}
list=${2:?which export?}
results=${3:-results.csv}

# First what would happen: reads only.
dyncamp add "$campaign" -f "$list" --skip-opted-out --dry-run --results "plan-of-$(basename "$results")" || [ $? -eq 68 ]

# Then for real. 68: some people cannot be added, e.g. rows without a last name; the others are.
code=0
dyncamp add "$campaign" -f "$list" --skip-opted-out --results "$results" || code=$?
if [ "$code" -eq 68 ]; then
  echo "Fix the failed rows in the in. columns of $results, then: dyncamp add \"$campaign\" -f \"$results\" --only-failed" >&2
fi
exit "$code"
