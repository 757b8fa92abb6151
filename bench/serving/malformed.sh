#!/usr/bin/env bash
# A million malformed requests over every wire.
#   bench/serving/malformed.sh [--quick] [--out DIR]
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../phoenix" bench --serving malformed "$@"
