#!/usr/bin/env bash
# A hundred reloads under load: no failed request, memory back to where it was.
#   bench/serving/reloads.sh [RELOADS]
# Results: bench/results/serving/reloads*.
source "$(dirname "${BASH_SOURCE[0]}")/server.bash"
reloads=${1:-100}
rate=${RATE:-20}
admin=${ADMIN_PORT:-19191}

# Reloads once and waits until the new model serves.
reload() {
  local done_before waited=0
  done_before=$(metric checkpoint_reload_success)
  curl -sf -o /dev/null -X POST -H "Authorization: Bearer $token" "http://127.0.0.1:$admin/admin/reload"
  until [ "$(metric checkpoint_reload_success)" -gt "$done_before" ]; do
    if [ "$waited" -ge 600 ]; then
      echo "a reload has not ended within a minute" >&2
      exit 1
    fi
    sleep 0.1
    waited=$((waited + 1))
  done
}

start_server
for _ in 1 2 3; do reload; done
before=$(memory)
touch "$work/reloading"
(
  for _ in $(seq "$reloads"); do reload; done
  rm "$work/reloading"
) &
reloading=$!
run=0
good=0 failed=0
while [ -e "$work/reloading" ]; do
  run=$((run + 1))
  load reloads-load --rate "$rate" --duration 10s --warm-up 1s --deadline 10s >/dev/null
  good=$((good + $(sed -n 's/^ *"good" : \([0-9]*\),*$/\1/p' "$results/reloads-load.json" | head -1)))
  failed=$((failed + $(number reloads-load requests) - $(sed -n 's/^ *"good" : \([0-9]*\),*$/\1/p' "$results/reloads-load.json" | head -1)))
done
wait "$reloading"
after=$(memory)
{
  echo "reloads             $reloads under $rate requests a second, $(nproc) cores, load average $(cut -d' ' -f1 /proc/loadavg)"
  echo "requests            $good answered, $failed not"
  awk -v before="$before" -v after="$after" \
    'BEGIN { printf "memory              %d MiB before, %d MiB after: %+.1f%% (to reach: 1%%)\n", before, after, 100 * (after - before) / before }'
} | tee "$results/reloads.txt"
