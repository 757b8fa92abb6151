#!/usr/bin/env bash
# Two instances ended and started again one after the other, under 10,000 requests.
#   bench/serving/rollout.sh [--quick] [--out DIR]
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../phoenix" bench --serving rollout "$@"
