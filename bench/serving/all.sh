#!/usr/bin/env bash
# Everything that the server is held to, one part after the other: about twenty-five minutes.
#   bench/serving/all.sh [--quick] [--out DIR]
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../phoenix" bench --serving latency overload reloads rollout malformed "$@"
