#!/usr/bin/env bash
# From registration to a prediction with curl and jq: the complete workflow over the REST API.
#
#   BASE         where GpuGeek runs, e.g. http://127.0.0.1:8080
#   SETUP_TOKEN  the token of the setup link (gg_setup_...), or TOKEN of an existing session
#   ZIP          an archive with one folder per class
#   IMAGE        a picture to classify
#   ORG          the organisation; default: the account's first
#   PRESET       fast (default) or balanced;  ARCHITECTURE mobilenet_v2 (default) or resnet18
set -euo pipefail
: "${BASE:?}" "${ZIP:?}" "${IMAGE:?}"
api="$BASE/api/v1"

call() { # METHOD PATH [JSON]
  local answer status
  answer=$(curl -sS -X "$1" "$api/$2" -H "Authorization: Bearer ${TOKEN:-}" -H 'Content-Type: application/json' ${3:+-d "$3"} -w '\n%{http_code}')
  status=${answer##*$'\n'}
  if [ "$status" -ge 300 ]; then echo "$1 $2 failed with $status: ${answer%$'\n'*}" >&2; return 1; fi
  printf '%s' "${answer%$'\n'*}"
}

until_done() { # PATH: long-polls until the state is final
  local thing state
  while true; do
    thing=$(call GET "$1?wait=30")
    state=$(jq -r .state <<< "$thing")
    case $state in
      succeeded|live) printf '%s' "$thing"; return ;;
      failed|canceled) echo "$1: $state $(jq -c .error <<< "$thing")" >&2; return 1 ;;
    esac
  done
}

# An account with its organisation. The token is shown only once.
if [ -z "${TOKEN:-}" ]; then
  session=$(call POST account/register "$(jq -n --arg t "${SETUP_TOKEN:?}" '{email: "you@example.org", password: "a long enough phrase", displayName: "You", organization: "Acme", setupToken: $t}')")
  TOKEN=$(jq -r .token <<< "$session")
fi
org=${ORG:-$(call GET account/me | jq -r '.organizations[0].slug')}

# A project and a dataset in it.
project=$(call POST "orgs/$org/projects" '{"name": "Flowers", "template": "image-classification"}' | jq -r .slug)
dataset=$(call POST "orgs/$org/datasets" "$(jq -n --arg p "$project" '{project: $p, name: "flowers5"}')" | jq -r .id)

# The archive: curl appends its name to the address. Then wait for the import.
import=$(curl -sS -T "$ZIP" -H "Authorization: Bearer $TOKEN" "$api/orgs/$org/datasets/$dataset/imports/" | jq -r .id)
until_done "orgs/$org/datasets/$dataset/imports/$import" | jq -c '{accepted, skipped, classes}'

# A version freezes the pictures and their splits.
split=${SPLIT:-'{"split": {"train": 0.7, "val": 0.15, "test": 0.15}, "seed": 0}'}
version=$(call POST "orgs/$org/datasets/$dataset/versions" "$split" | jq -r .id)

# Train, and wait for the end.
run=$(call POST "orgs/$org/runs" "$(jq -n --arg p "$project" --arg v "$version" --arg preset "${PRESET:-fast}" --arg a "${ARCHITECTURE:-mobilenet_v2}" \
  '{project: $p, datasetVersion: $v, recipe: {preset: $preset, model: {architecture: $a}, data: {seed: 0}}}')" | jq -r .id)
result=$(until_done "orgs/$org/runs/$run" | jq -c .result)
jq -c '{testAccuracy, interval, modelVersion}' <<< "$result"

# Host the model version.
name="$project-$(date +%s)"
call POST "orgs/$org/deployments" "$(jq -n --arg p "$project" --arg n "$name" --argjson m "$(jq .modelVersion <<< "$result")" \
  '{project: $p, name: $n, model: $m.model, version: $m.version}')" > /dev/null
until_done "orgs/$org/deployments/$name" | jq -c '{name, state, url}'

# A key that can only predict.
key=$(call POST "orgs/$org/keys" '{"name": "demo", "scopes": ["predict"]}' | jq -r .key)
curl -sS -H "Authorization: Bearer $key" --data-binary "@$IMAGE" "$api/orgs/$org/deployments/$name/predict?top=5" | jq -c .
