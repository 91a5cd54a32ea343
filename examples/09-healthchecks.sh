#!/usr/bin/env bash
# Runs a command of dyncamp and tells healthchecks.io (or a server of your own) how it ended, with the counts of its report.
#
#   export HC_PING_URL=https://hc-ping.com/your-uuid
#   15 2 * * *  09-healthchecks.sh add "Spring Launch" -f /data/people.csv --results /data/results.csv --no-events
#
# 0 is a success. 75 is only logged: the next run finishes the work, and if none does, the check's grace time is over. Everything
# else is a failure with its exit code. The report has counts and the campaign's name, no addresses.
set -uo pipefail
: "${HC_PING_URL:?the ping URL of the check}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
report=$folder/report.json

# A monitor that cannot be reached must not keep the job from running.
ping() {
  curl --silent --show-error --fail --max-time 10 --retry 3 --output /dev/null "$@" || true
}

ping "$HC_PING_URL/start"
code=0
dyncamp "$@" --report "$report" || code=$?
# There is none where the command line was wrong, or the program is missing.
[ -s "$report" ] || echo "no report, exit code $code" >"$report"
if [ "$code" -eq 75 ]; then result=log; else result=$code; fi
ping --data-binary "@$report" "$HC_PING_URL/$result"
exit "$code"
