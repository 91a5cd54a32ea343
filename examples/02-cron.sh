#!/usr/bin/env bash
# A job for cron: adds the people of a file to a campaign, and prints something only when someone has to act.
#
#   MAILTO=marketing-operations@contoso.example
#   15 2 * * *  DYNCAMP_PROFILE=prod /opt/dyncamp/examples/02-cron.sh "Spring Launch" /data/people.csv
#
# Two never run at once. Messages and events go to files that the next run overwrites, so that nothing has to be
# rotated. cron mails what is printed here: nothing after a good night.
set -uo pipefail
campaign=${1:?which campaign?}
people=${2:?which file of people?}
folder=${DYNCAMP_CRON_DIR:-${XDG_STATE_HOME:-$HOME/.local/state}/dyncamp-cron}
umask 077
mkdir -p "$folder"

# cron's PATH is short. Where npm puts programs is looked at too; with another place, set PATH at the top of the crontab.
if ! command -v dyncamp >/dev/null; then
  for bin in /usr/local/bin /opt/homebrew/bin "$HOME/.local/bin" "$HOME/.npm-global/bin" "$HOME"/.nvm/versions/node/*/bin; do
    if [ -x "$bin/dyncamp" ]; then PATH=$bin:$PATH; fi
  done
fi
set_path='Put PATH=/usr/bin:/bin:FOLDER at the top of the crontab, with the folders that `command -v dyncamp node` shows in your terminal'
if ! command -v dyncamp >/dev/null; then
  echo "There is no dyncamp in $PATH. $set_path (exit 127)" >&2
  exit 127
fi

exec 9>"$folder/lock"
if ! flock --nonblock 9; then
  echo 'The previous run is still in progress; nothing was started.' >&2
  exit 75
fi

code=0
dyncamp --quiet add "$campaign" -f "$people" --results "$folder/results.csv" --report "$folder/report.json" \
  >"$folder/events.jsonl" 2>"$folder/last.log" || code=$?

tell() {
  echo "$1 (exit $code)" >&2
  cat "$folder/last.log" >&2
}

# 75 fixes itself: the next run finishes the work. Look into it after three in a row.
unfinished=0
if [ "$code" -eq 75 ]; then unfinished=$(($(cat "$folder/unfinished" 2>/dev/null || echo 0) + 1)); fi
echo "$unfinished" >"$folder/unfinished"

case $code in
  0) ;;
  68) tell "Some people could not be added; who and why: $folder/results.csv" ;;
  65) tell "$people cannot be read, or not to its end; what was read before is done" ;;
  75) if [ "$unfinished" -ge 3 ]; then tell "Not finished, $unfinished times in a row"; fi ;;
  130 | 143) tell 'Stopped; the next run continues' ;;
  127) tell "dyncamp was not started: it, or the Node.js that it needs, was not found in $PATH. $set_path" ;;
  126) tell "dyncamp cannot be run: see the permissions of $(command -v dyncamp), and whether its disk is mounted with noexec" ;;
  137) tell 'dyncamp was killed, often because memory ran out; the next run continues' ;;
  *) tell 'Stopped. What to do is in the hint below' ;;
esac
exit "$code"
