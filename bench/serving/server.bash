# Shared by the scripts beside it: a server of its own for each, on ports that are free.
# shellcheck shell=bash
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
phoenix=${PHOENIX:-$home/phoenix}
results=${RESULTS:-$home/bench/results/serving}
token=correct-horse-battery-staple
work=$(mktemp -d)
mkdir -p "$results"

# Starts a server with the options given and waits until it is ready.
start_server() {
  "$phoenix" serve --grpc-port 0 --http-port 0 --admin-port "${ADMIN_PORT:-19191}" \
    --admin-token "$token" "$@" >"$work/server.log" 2>&1 &
  server=$!
  trap stop_server EXIT
  local waited=0
  until grep -q 'ready: gRPC on port' "$work/server.log"; do
    if ! kill -0 "$server" 2>/dev/null || [ "$waited" -ge 1200 ]; then
      echo "the server is not ready:" >&2
      cat "$work/server.log" >&2
      exit 1
    fi
    sleep 0.1
    waited=$((waited + 1))
  done
  grpc=$(sed -n 's/.*gRPC on port \([0-9]*\), HTTP on port \([0-9]*\).*/\1/p' "$work/server.log" | tail -1)
  http=$(sed -n 's/.*gRPC on port \([0-9]*\), HTTP on port \([0-9]*\).*/\2/p' "$work/server.log" | tail -1)
}

stop_server() {
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  rm -rf "$work"
}

# load NAME ARGS...: puts load on the server; NAME.json and NAME.svg are the results.
load() {
  local name=$1
  shift
  "$phoenix" load --target "127.0.0.1:$grpc" --metrics "http://127.0.0.1:$http/metrics" \
    --json "$results/$name.json" --plot "$results/$name.svg" "$@"
}

# The first value of a key of a result: number NAME KEY
number() {
  sed -n "s/^ *\"$2\" : \([-0-9.eE]*\).*/\1/p" "$results/$1.json" | head -1
}

# The sum of a metric over its labels, or over those with a value: metric NAME [VALUE]
metric() {
  curl -sf "http://127.0.0.1:$http/metrics" |
    awk -v name="$1" -v label="${2:+\"$2\"}" \
      '($1 == name || index($1, name "{") == 1) && index($0, label) { sum += $NF } END { printf "%.0f\n", sum }'
}

# Memory of the server's JVM in MiB after a collection: heap and all else that is resident.
memory() {
  local jvm
  jvm=$(pgrep -P "$server" java || echo "$server")
  jcmd "$jvm" GC.run >/dev/null 2>&1 || true
  awk '/VmRSS/ { printf "%.0f\n", $2 / 1024 }' "/proc/$jvm/status"
}
