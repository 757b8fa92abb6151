#!/usr/bin/env bash
# Twice the load that the server can take, for five minutes, and whether it stays fast and whole:
#   bench/serving/overload.sh [SECONDS]
# First a ramp finds the most requests a second that are answered in time; then twice that; then a
# third of it, as on an ordinary day. Results: bench/results/serving/overload*.
source "$(dirname "${BASH_SOURCE[0]}")/server.bash"
seconds=${1:-300}
service=${SERVICE:-recommend}

start_server
load overload-ramp --service "$service" --rate "${RAMP:-20..1500}" --duration "${RAMP_SECONDS:-60}s" --warm-up 10s >/dev/null ||
  { echo "no request of the ramp was answered in time" >&2; exit 1; }
peak=$(awk '/"good" :/ { gsub(/,/, "", $3); if ($3 > best) best = $3 } END { print best }' "$results/overload-ramp.json")
twice=$(awk -v peak="$peak" 'BEGIN { printf "%.0f", 2 * peak }')
calm=$(awk -v peak="$peak" 'BEGIN { printf "%.0f", peak / 3 + 1 }')
before=$(memory)
load overload --service "$service" --rate "$twice" --duration "${seconds}s"
after=$(memory)
load overload-after --service "$service" --rate "$calm" --warm-up 2s --duration 20s >/dev/null || true

{
  echo "service             $service, $(nproc) cores, load average $(cut -d' ' -f1 /proc/loadavg)"
  echo "peak goodput        $peak/s (of a ramp ${RAMP:-20..1500})"
  echo "offered             $twice/s for $seconds s"
  awk -v good="$(number overload goodput)" -v peak="$peak" \
    'BEGIN { printf "goodput             %.1f/s, %.0f%% of the peak (to reach: 90%%)\n", good, 100 * good / peak }'
  echo "latency p50, p99    $(number overload p50) ms, $(number overload p99) ms (deadline 1200 ms)"
  echo "rejects p99         $(sed -n '/"rejectLatency"/,/}/s/^ *"p99" : \([0-9.]*\).*/\1/p' "$results/overload.json") ms (to reach: 10 ms)"
  echo "memory              $before MiB before, $after MiB after"
  echo "p99 two seconds on  $(number overload-after p99) ms at $calm/s"
  echo "refused             $(metric recsys_engine_num_requests_rejected), of these expired $(metric recsys_engine_num_requests_rejected expired); computed $(metric nv_inference_count)"
} | tee "$results/overload.txt"
