#!/usr/bin/env bash
# Sends a million malformed requests over every protocol.
#   bench/serving/malformed.sh [--quick] [--out DIR]
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../phoenix" bench --serving malformed "$@"
