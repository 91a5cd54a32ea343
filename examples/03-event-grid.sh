#!/usr/bin/env bash
# Sends events to an Azure Event Grid topic (input schema: CloudEvents), in batches.
#
#   dyncamp add "Spring Launch" -f people.csv | examples/03-event-grid.sh
#   dyncamp events replay --undelivered --all | examples/03-event-grid.sh        # what a broken pipe left over
#
# EVENT_GRID_ENDPOINT   e.g. https://contoso.westeurope-1.eventgrid.azure.net/api/events
# EVENT_GRID_KEY_FILE   file with an access key of the topic
#
# An event may come twice under the same id: subscribers drop repeats by id. When a batch is refused for good this ends, the writer of the
# pipe ends with 141, and its events of the last 1 MiB count as undelivered.
set -euo pipefail
: "${EVENT_GRID_ENDPOINT:?the address of the topic}" "${EVENT_GRID_KEY_FILE:?the file with its key}"

# A request takes at most 1 MB; an event has about 1 KB.
most=200
batch=()

send() {
  if [ "${#batch[@]}" -eq 0 ]; then return; fi
  local IFS=,
  # The key goes by a file descriptor: an argument could be read in the list of processes.
  printf '[%s]' "${batch[*]}" | curl --silent --show-error --fail --retry 5 --max-time 60 \
    --header @<(printf 'aeg-sas-key: %s\n' "$(cat "$EVENT_GRID_KEY_FILE")") \
    --header 'Content-Type: application/cloudevents-batch+json; charset=utf-8' \
    --data-binary @- "$EVENT_GRID_ENDPOINT?api-version=2018-01-01"
  batch=()
}

line=
while true; do
  status=0
  IFS= read -r -t 1 part || status=$?
  line+=$part
  if [ "$status" -eq 0 ]; then
    batch+=("$line")
    line=
    if [ "${#batch[@]}" -ge "$most" ]; then send; fi
  elif [ "$status" -gt 128 ]; then
    # Nothing came for a second: what is there goes out.
    send
  else
    break
  fi
done
if [ -n "$line" ]; then batch+=("$line"); fi
send
