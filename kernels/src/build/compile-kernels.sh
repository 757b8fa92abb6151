#!/bin/sh
# Compiles every kernel, in parallel on all cores:
# compile-kernels.sh SOURCES OUTPUT REPORT [ARCHITECTURES]
#
#   SOURCES        folder of *.cu and *.cuh
#   OUTPUT         gets NAME.ptx (portable: compute_80) and NAME.ARCH.cubin for each architecture
#   REPORT         gets NAME.ARCH.txt (what ptxas -v says) and resources.txt (a table of it)
#   ARCHITECTURES  e.g. "sm_80 sm_90a"; those unknown to the toolkit are skipped; default: none.
#                  Without a cubin the driver compiles the PTX, which delays the first use.
#
# The commands are:
#   nvcc --ptx -arch=compute_80 -std=c++17 -O3 -Werror all-warnings -o NAME.ptx NAME.cu
#   ptxas -v -arch=ARCH -o NAME.ARCH.cubin NAME.ptx
#
# An output is rebuilt if it is older than its source, a header or this script, or if the toolkit
# has changed. Outputs without a source are removed. Without nvcc, stale outputs are removed and
# the build continues without kernels.
set -eu

sources=$1
output=$2
report=$3
script=$0
one=${5:-}
architectures=${4:-}

# If NVCC is set, it is the only candidate: NVCC=none builds without kernels.
find_nvcc() {
  for candidate in "${NVCC:-${CUDA_HOME:+$CUDA_HOME/bin/nvcc}}" \
    "${NVCC:-$(command -v nvcc || true)}" "${NVCC:-/usr/local/cuda/bin/nvcc}"; do
    if [ -n "$candidate" ] && [ -x "$candidate" ]; then
      echo "$candidate"
      return
    fi
  done
}

# Whether $1 exists and is not older than any of its inputs.
is_fresh() {
  [ -f "$1" ] && [ -z "$(find "$2" "$sources" "$script" "$output/toolkit.txt" \
    \( -name '*.cuh' -o -path "$2" -o -path "$script" -o -name toolkit.txt \) -newer "$1")" ]
}

# Builds the missing or stale outputs of one source. The caller sets nvcc, ptxas and known.
compile() {
  name=$(basename "$1" .cu)
  # Written to a temporary file and moved, so that an interrupted build leaves no partial output.
  if ! is_fresh "$output/$name.ptx" "$1"; then
    rm -f "$output/$name".*.cubin
    "$nvcc" --ptx -arch=compute_80 -std=c++17 -O3 -Werror all-warnings \
      -o "$output/$name.ptx.new" "$1"
    mv "$output/$name.ptx.new" "$output/$name.ptx"
  fi
  for arch in $known; do
    if [ ! -f "$output/$name.$arch.cubin" ]; then
      "$ptxas" -v -arch="$arch" -o "$report/$name.$arch.new" "$output/$name.ptx" \
        2> "$report/$name.$arch.txt" || { cat "$report/$name.$arch.txt" >&2; exit 1; }
      mv "$report/$name.$arch.new" "$output/$name.$arch.cubin"
    fi
  done
}

# Whether all outputs of the source $1 exist and are fresh.
is_complete() {
  name=$(basename "$1" .cu)
  is_fresh "$output/$name.ptx" "$1" || return 1
  for arch in $known; do
    [ -f "$output/$name.$arch.cubin" ] || return 1
  done
}

if [ -n "$one" ]; then
  compile "$one"
  exit 0
fi

# Prints one line per kernel and architecture from the saved reports.
tabulate() {
  printf '%-28s %-7s %9s %8s %7s %7s\n' kernel arch registers shared stack spilled
  find "$report" -name '*.*.txt' -exec cat {} + | awk '
    /Compiling entry function/ { split($0, part, "\047"); name = part[2]; arch = part[4] }
    /bytes stack frame/ { stack = $1; spilled = $5 + $9 }
    /Used [0-9]+ registers/ {
      shared = 0
      for (i = 2; i <= NF; i++) if ($i ~ /^smem/) shared = $(i - 2)
      for (i = 1; i < NF; i++) if ($i == "Used") registers = $(i + 1)
      printf "%-28s %-7s %9d %8d %7d %7d\n", name, arch, registers, shared, stack, spilled
    }' | sort
}

mkdir -p "$output" "$report"
for made in "$output"/*.ptx "$output"/*.cubin "$report"/*.*.txt; do
  name=$(basename "$made" | cut -d. -f1)
  [ -f "$sources/$name.cu" ] || rm -f "$made"
done

nvcc=$(find_nvcc)
if [ -z "$nvcc" ]; then
  for source in "$sources"/*.cu; do
    name=$(basename "$source" .cu)
    is_fresh "$output/$name.ptx" "$source" || rm -f "$output/$name".*
  done
  echo "kernels: no nvcc (NVCC, CUDA_HOME, PATH, /usr/local/cuda): built without kernels;" \
    "install the CUDA toolkit 12.4 or later and build again to use a GPU"
  exit 0
fi

ptxas=$(dirname "$nvcc")/ptxas
version=$("$nvcc" --version | grep release)
if [ "$version" != "$(cat "$output/toolkit.txt" 2> /dev/null || true)" ]; then
  echo "$version" > "$output/toolkit.txt"
fi
known=""
for arch in $architectures; do
  if "$ptxas" --help | grep -q "'$arch'"; then
    known="$known $arch"
  fi
done

stale=$report/stale
total=0
: > "$stale"
for source in "$sources"/*.cu; do
  total=$((total + 1))
  is_complete "$source" || printf '%s\0' "$source" >> "$stale"
done
compiled=$(tr -cd '\0' < "$stale" | wc -c)
export nvcc ptxas known
xargs -0 -r -n 1 -P "$(getconf _NPROCESSORS_ONLN)" \
  sh "$script" "$sources" "$output" "$report" "$architectures" < "$stale"
rm "$stale"
tabulate > "$report/resources.txt"
awk -v made="$compiled" -v total="$total" -v archs="$known" -v where="$report/resources.txt" '
  NR > 1 { kernels++; if ($3 > most) { most = $3; who = $1 "/" $2 }
           if ($6 > 0) spilling = spilling " " $1 "/" $2 "=" $6 "B" }
  END { printf "kernels: compiled %d of %d files to PTX", made, total
        if (archs != "") printf " and for%s; most registers %d (%s); spills:%s; table in %s",
            archs, most, who, spilling == "" ? " none" : spilling, where
        print "" }' \
  "$report/resources.txt"
