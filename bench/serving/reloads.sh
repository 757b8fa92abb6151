#!/usr/bin/env bash
# A hundred models swapped under load, then a hundred checkpoints that are broken.
#   bench/serving/reloads.sh [--quick] [--out DIR]
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../phoenix" bench --serving reloads "$@"
