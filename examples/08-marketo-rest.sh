#!/usr/bin/env bash
# Takes the members of a Marketo static list into a campaign by Marketo's REST API, page by page, without a file in between.
#
#   export MARKETO_URL=https://123-ABC-456.mktorest.com MARKETO_CLIENT_ID=… MARKETO_CLIENT_SECRET=…
#   DYNCAMP_PROFILE=emulator examples/08-marketo-rest.sh "Spring Launch" 1234
#
# The number stands in the list's address in Marketo (…/#ST1234A1). Needs curl, jq and an API user who may read people.
set -euo pipefail
campaign=${1:?which campaign?}
list=${2:?which static list, by its number?}
results=${3:-results.csv}
fields=${MARKETO_FIELDS:-email,firstName,lastName,company,title,phone,mobilePhone,city,country,unsubscribed}
: "${MARKETO_URL:?}" "${MARKETO_CLIENT_ID:?}" "${MARKETO_CLIENT_SECRET:?}"
MARKETO_URL=${MARKETO_URL%/}

# Secret and token go over stdin: on the command line every user of the machine could read them.
new_token() {
  printf %s "$MARKETO_CLIENT_SECRET" |
    curl -fsS --get "$MARKETO_URL/identity/oauth/token" --data grant_type=client_credentials \
      --data-urlencode "client_id=$MARKETO_CLIENT_ID" --data-urlencode client_secret@- |
    jq -er .access_token
}

# Sets `answer` to a page. Marketo's errors come with HTTP 200: 601 and 602 ask for a new token; 606 and 615 are its limits (100 calls in
# 20 seconds, 10 at a time), 502, 604, 608, 611 and 713 faults that pass.
get_page() {
  local tries code
  for tries in 1 2 3 4 5 6; do
    answer=$(printf 'Authorization: Bearer %s' "$token" |
      curl -fsS --get "$MARKETO_URL/rest/v1/list/$list/leads.json" --header @- --data batchSize=300 \
        --data-urlencode "fields=$fields" ${1:+--data-urlencode "nextPageToken=$1"})
    code=$(jq -r 'if .success then "" else .errors[0].code // "unknown" end' <<<"$answer")
    case $code in
      '') return ;;
      601 | 602) token=$(new_token) ;;
      502 | 604 | 606 | 608 | 611 | 615 | 713) sleep "${MARKETO_WAIT:-20}" ;;
      *) break ;;
    esac
  done
  jq -r '"Marketo answered \(.errors[0].code // "no code"): \(.errors[0].message // "no reason")"' <<<"$answer" >&2
  return 1
}

# An object per member, with Marketo's names, which `dyncamp add` knows. The id is Marketo's own, not a Dynamics id.
members() {
  local next=''
  token=$(new_token)
  while get_page "$next"; do
    jq -c '.result[] | del(.id)' <<<"$answer"
    next=$(jq -r '.nextPageToken // empty' <<<"$answer")
    [ -n "$next" ] || return 0
  done
  return 1
}

members | dyncamp add "$campaign" - --skip-opted-out --results "$results"
