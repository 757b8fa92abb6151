#!/usr/bin/env bash
# Measures the cost of serving: added latency, throughput relative to the backend, JSON's share.
#   bench/serving/latency.sh [--quick] [--out DIR]
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../phoenix" bench --serving latency "$@"
