#!/usr/bin/env bash
# Loads a server with twice its capacity for five minutes; checks latencies, goodput and memory.
#   bench/serving/overload.sh [--quick] [--out DIR]
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../phoenix" bench --serving overload "$@"
