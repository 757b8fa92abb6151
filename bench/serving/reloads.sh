#!/usr/bin/env bash
# Swaps a hundred models under load, then loads a hundred corrupt checkpoints.
#   bench/serving/reloads.sh [--quick] [--out DIR]
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../phoenix" bench --serving reloads "$@"
