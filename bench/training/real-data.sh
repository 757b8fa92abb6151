#!/usr/bin/env bash
# Trains the two towers on real sequences for every seed, and writes their metrics beside those of the simple methods.
#   bench/training/real-data.sh [--also-before-test] NAME FILE 'TRAINING OPTIONS' [SEED...]
# for instance
#   bench/training/real-data.sh beauty Beauty.txt '--pooling last --dropout 0.5 --dimension 256 --layers 1 --batch 64 \
#     --negatives 1024 --in-batch-negatives off --embedding-rate 0.4 --schedule cosine --epochs 8' 1 2 3
# FILE has a user and the user's items a line, in time order. For every seed a model is trained on the events before
# each user's validation event, which decides the best epoch, and measured on the test event. With --also-before-test, a
# second model is trained, like the simple methods, on all events before the test event, for the best number of epochs.
# Results: bench/results/real-data-NAME-DATE.json; RESULTS names another folder.
set -euo pipefail
also=
if [ "${1:-}" = --also-before-test ]; then
  also=1
  shift
fi
if [ $# -lt 3 ]; then
  sed -n '2,11s/^# //p' "$0" >&2
  exit 2
fi
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
phoenix=${PHOENIX:-$home/phoenix}
results=${RESULTS:-$home/bench/results}
name=$1 file=$2
read -ra options <<<"$3"
shift 3
seeds=("${@:-1}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$results"

# measure DIR OPTIONS...: trains into DIR and prints one object.
measure() {
  local model=$1 begun=$SECONDS command
  shift
  command="phoenix train retrieval --data ${file##*/} --format sequences $*"
  "$phoenix" train retrieval --data "$file" --format sequences --out "$model" "$@" \
    2>"$model.log" | tee "$model.out" >&2 || {
    tail -n 5 "$model.log" >&2
    exit 1
  }
  printf '{"command": "%s", "minutes": %d.%d,\n  "test": %s}' "$command" \
    $(((SECONDS - begun) / 60)) $(((SECONDS - begun) % 60 / 6)) \
    "$(cd "$(dirname "$file")" &&
      "$phoenix" evaluate --data "${file##*/}" --format sequences --model "$model" --json 2>/dev/null)"
}

written=$results/real-data-$name-$(date -u +%F).json
{
  printf '{"date": "%s", "commit": "%s", "cores": %d, "threads": "as in the commands",\n "runs": [' \
    "$(date -u +%F)" "$(git -C "$home" rev-parse --short HEAD)" "$(nproc)"
  separator=
  for seed in "${seeds[@]}"; do
    printf '%s\n' "$separator"
    measure "$work/$seed" "${options[@]}" --seed "$seed"
    if [ -n "$also" ]; then
      best=$(sed -n 's/.*best after \([0-9]*\),.*/\1/p' "$work/$seed.out")
      printf ',\n'
      # An option may be given once: those for the number of epochs are replaced.
      again=()
      for ((i = 0; i < ${#options[@]}; i++)); do
        case ${options[i]} in
          --epochs | --validate-every) i=$((i + 1)) ;;
          --epochs=* | --validate-every=*) ;;
          *) again+=("${options[i]}") ;;
        esac
      done
      measure "$work/$seed-all" "${again[@]}" --seed "$seed" --before test --epochs "$best" --validate-every "$best"
    fi
    separator=,
  done
  printf '\n ]}\n'
} >"$work/report.json"
mv "$work/report.json" "$written"
echo "$written"
