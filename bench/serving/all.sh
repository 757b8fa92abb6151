#!/usr/bin/env bash
# Runs all parts of the serving benchmark one after the other: about 25 minutes.
#   bench/serving/all.sh [--quick] [--out DIR]
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../phoenix" bench --serving latency overload reloads rollout malformed "$@"
