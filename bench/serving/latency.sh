#!/usr/bin/env bash
# What serving costs beside computing: added latency, throughput beside the backend's own, JSON's share.
#   bench/serving/latency.sh [--quick] [--out DIR]
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../phoenix" bench --serving latency "$@"
