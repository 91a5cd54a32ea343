#!/usr/bin/env bash
# Turns a report of dyncamp into metrics for the textfile collector of Prometheus' node_exporter.
#
#   dyncamp add "Spring Launch" -f people.csv --report report.json --no-events
#   10-prometheus.sh report.json spring-launch /var/lib/node_exporter/textfile
#
# An alert on `time() - dyncamp_success_timestamp_seconds > 86400` finds a job that fails, and one that does not run at all.
# `dyncamp_success_timestamp_seconds` stays where it is while runs fail. Needs jq.
set -euo pipefail
report=${1:?which report?}
job=${2:?which job?}
folder=${3:?which folder of the collector?}
target=$folder/dyncamp-$job.prom

before=$(sed -n 's/^dyncamp_success_timestamp_seconds{[^}]*} //p' "$target" 2>/dev/null || true)
jq --raw-output --arg job "$job" --arg before "$before" '
  def seconds: sub("\\.[0-9]+Z$"; "Z") | fromdate;
  def gauge($name; $help): "# HELP dyncamp_\($name) \($help)", "# TYPE dyncamp_\($name) gauge";
  def value($name; $labels; $value): "dyncamp_\($name){job=\($job | tojson)\($labels)} \($value)";
  (if .exitCode == 0 then (.finished | seconds | tostring) else $before end) as $success
  | gauge("exit_code"; "Exit code of the last run."), value("exit_code"; ""; .exitCode),
    gauge("finished_timestamp_seconds"; "When the last run ended."), value("finished_timestamp_seconds"; ""; (.finished | seconds)),
    gauge("duration_seconds"; "How long the last run took."), value("duration_seconds"; ""; .elapsedMs / 1000),
    gauge("people"; "People of the last run by outcome."),
    (.outcomes | to_entries[] | value("people"; ",outcome=\(.key | tojson)"; .value)),
    gauge("undelivered_events"; "Events of the last run that nobody took."), value("undelivered_events"; ""; .undelivered),
    (if $success == "" then empty else
      gauge("success_timestamp_seconds"; "When a run last ended with 0."), value("success_timestamp_seconds"; ""; $success) end)
' "$report" >"$target.$$"
# The collector must never see half a file.
mv "$target.$$" "$target"
chmod 644 "$target"
