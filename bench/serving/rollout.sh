#!/usr/bin/env bash
# Restarts two instances one after the other, under 10,000 requests.
#   bench/serving/rollout.sh [--quick] [--out DIR]
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../phoenix" bench --serving rollout "$@"
