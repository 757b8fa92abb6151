#!/usr/bin/env bash
# Unpacks a bundle and checks its files: check.sh ARCHIVE UNPACKED HOME. Prints missing and unexpected files.
set -euo pipefail
export LC_ALL=C
archive=$1
unpacked=$2
home=$3
wrong=0

complain() {
  echo "bundle: $1" >&2
  wrong=1
}

has() {
  [ -e "$unpacked/$1" ] || complain "lacks $1"
}

# Lists the entries of a jar with unzip.
entries() {
  unzip -Z1 "$1"
}

# Runs without any tool on the PATH: the archive contains the unpacker.
env -i PATH=/nowhere "$BASH" "$unpacked/run" --version > /dev/null || complain "cannot be run without other tools"
app=$(echo "$unpacked"/app-*)
[ -d "$app" ] || complain "did not unpack to one folder: $app"
[ -z "$(find "$unpacked" -maxdepth 1 -name '.unpacking-*')" ] || complain "left a half of itself behind"

names=$(tar tf "$archive")
[ "$names" = "$(printf '%s\n' "$names" | sort)" ] || complain "names are not sorted"
[ "$(stat -c %s "$archive")" -le $((55 * 1048576)) ] || complain "has more than 55 MiB"

for name in run README.md LICENSE jre/bin/java payload.xz; do
  has "$name"
done
unpacked=$app
for name in bundle.properties checkpoints/demo/ranker/config.json checkpoints/demo/corpus.npz; do
  has "$name"
done
for module in checkpoints java/training; do
  while IFS= read -r file; do
    place=${module/java\/training/test}
    cmp -s "$home/$module/$file" "$unpacked/$place/$file" || complain "has not $file as it is"
  done < <(cd "$home/$module" && find src/test/resources/golden -type f)
done
for script in "$home"/bench/peers/*.py; do
  has "bench/peers/$(basename "$script")"
done

kernels=$(entries "$unpacked"/lib/phoenix-kernels-*.jar)
for source in "$home"/kernels/src/main/cuda/*.cu; do
  grep -qx "dev/phoenix/kernels/ptx/$(basename "$source" .cu).ptx" <<< "$kernels" \
    || complain "lacks the PTX of $(basename "$source")"
done
benchmarks=$(entries "$unpacked"/lib/phoenix-bench-*.jar)
for source in "$home"/bench/src/main/cuda/*.cu; do
  grep -qx "dev/phoenix/bench/gpu/ptx/$(basename "$source" .cu).ptx" <<< "$benchmarks" \
    || complain "lacks the PTX of $(basename "$source")"
done
for module in device cuda emulator kernels core training corpus protocol serving client kafka server cli; do
  grep -q 'Test\.class$' <<< "$(entries "$unpacked/test/phoenix-$module-tests.jar")" \
    || complain "lacks the tests of $module"
done

natives=$(for jar in "$unpacked"/lib/*.jar; do
  entries "$jar" | grep -E '\.(so|dll|dylib|jnilib|onnx)$' || true
done)
[ "$(printf '%s\n' "$natives" | grep -c libJCudaDriver)" = 1 ] || complain "has not one JCuda driver library"
foreign=$(printf '%s\n' "$natives" | grep -Ev 'libJCudaDriver|Linux/x86_64/' || true)
[ -z "$foreign" ] || complain "has natives that nothing uses: $foreign"
exit "$wrong"
