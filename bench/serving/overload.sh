#!/usr/bin/env bash
# Twice the load that the server can take, for five minutes, and whether it stays fast and whole.
#   bench/serving/overload.sh [--quick] [--out DIR]
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../phoenix" bench --serving overload "$@"
