#!/usr/bin/env bash
# Packs Phoenix, its tests, benchmarks and a Java runtime for a GPU machine that has none of them.
# `./phoenix bundle` calls it: bundle.sh HOME JDK [--out FILE]
#
# Same sources, same JDK, same archive: names are sorted, times are the commit's, owners are 0.
set -euo pipefail
export LC_ALL=C TZ=UTC

limit_mib=55
platform=linux-x86_64
home=$1
jdk=$2
shift 2
here=$home/bench/src/bundle

usage() {
  cat <<EOF
Usage: phoenix bundle [--out FILE]
Packs everything that a $platform machine with an NVIDIA driver needs, a Java runtime included, into
one archive of at most $limit_mib MiB. There: tar xf FILE && phoenix/run pipeline

      --out FILE   where it goes (default: out/phoenix-$platform.tar.xz); a name that ends in .gz
                   is made with gzip, which every system unpacks, and is larger
EOF
}

fail() {
  echo "phoenix bundle: $1" >&2
  exit "${2:-1}"
}

# JUnit's modules and Jackson's name these for things that nothing here does.
unneeded="java.desktop java.sql java.instrument jdk.compiler java.compiler java.rmi java.naming"

# The modules of the JDK that our jars and those of others use.
modules() {
  local wanted=java.base,java.xml,java.logging,java.management,jdk.management,jdk.unsupported
  local found drop
  wanted=$wanted,jdk.incubator.vector
  found=$("$jdk/bin/jdeps" --multi-release 25 --ignore-missing-deps --print-module-deps \
    --class-path "$stage/lib/*:$stage/test/*" "$stage"/lib/phoenix-*.jar "$stage"/test/phoenix-*.jar)
  for drop in $unneeded; do
    found=$(printf '%s' "$found" | tr ',' '\n' | { grep -vx "$drop" || true; } | paste -sd,)
  done
  printf '%s,%s' "$wanted" "$found" | tr ',' '\n' | sort -u | paste -sd,
}

# A jar of what is in a folder, names sorted, times the commit's.
jar_of() {
  local folder=$1 jar=$2
  (cd "$folder" && find . -type f ! -path './META-INF/MANIFEST.MF' -printf '%P\n' | sort) \
    > "$work/names"
  (cd "$folder" && "$jdk/bin/jar" --create --no-manifest --date="$jar_date" --file "$jar" \
    @"$work/names")
}

# A jar without what this platform or this bundle has no use for: files matching a pattern.
thinned() {
  local jar=$1 target=$2 pattern=$3 folder=$work/thin
  rm -rf "$folder" && mkdir "$folder"
  (cd "$folder" && "$jdk/bin/jar" --extract --file "$jar")
  (cd "$folder" && find . -type f -printf '%P\n' | { grep -E "$pattern" || true; } \
    | while IFS= read -r name; do rm "$name"; done)
  jar_of "$folder" "$target"
}

copy_library() {
  local jar=$1 name
  name=$(basename "$jar")
  case $name in
    junit-*|opentest4j-*|open-test-reporting-*|apiguardian-*) cp "$jar" "$stage/test/$name" ;;
    # The driver API is all that is used of JCuda.
    jcuda-natives-*) thinned "$jar" "$stage/lib/$name" 'lib/libJ(NvPTXCompiler|Nvrtc|CudaRuntime)' ;;
    jline-native-*) thinned "$jar" "$stage/lib/$name" 'nativ/(FreeBSD|Mac|Windows|Linux/(arm|ppc|x86/))' ;;
    phoenix-*) cp "$jar" "$stage/lib/$name" ;;
    *) cp "$jar" "$stage/lib/$name" ;;
  esac
}

# The libraries that the build resolved, and the jar of the benchmarks without JMH's classes and
# without what only the peers of the CPU read.
copy_code() {
  local jar module bench
  tr ':' '\n' < "$home/bench/target/bundle.classpath" | while IFS= read -r jar; do
    copy_library "$jar"
  done
  bench=$(ls "$home"/bench/target/phoenix-bench-*.jar)
  thinned "$bench" "$stage/lib/$(basename "$bench")" 'jmh_generated|BenchmarkList|CompilerHints|\.onnx$'
  for module in bindings kernels java; do
    rm -rf "$work/tests" && cp -r "$home/$module/target/test-classes" "$work/tests"
    # The rules of who imports whom are checked where the sources are.
    rm -f "$work/tests"/dev/phoenix/ImportRulesTest*
    # Training's cases are too large to go along; its kernels are checked one by one.
    rm -rf "$work/tests"/golden/train_* "$work/tests"/dev/phoenix/{training,fit}
    rm -f "$work/tests"/dev/phoenix/ops/gpu/KernelsInUseTest*
    jar_of "$work/tests" "$stage/test/phoenix-$module-tests.jar"
  done
}

copy_data() {
  local golden=checkpoints/src/test/resources/golden name
  mkdir -p "$stage/checkpoints" "$stage/$golden" "$stage/bench"
  cp -r "$home/checkpoints/demo" "$stage/checkpoints/demo"
  # Training has cases of its own, which no command here runs.
  for name in "$home/$golden"/*; do
    case $(basename "$name") in
      train_*) ;;
      *) cp -r "$name" "$stage/$golden/" ;;
    esac
  done
  cp -r "$home/bench/peers" "$stage/bench/peers"
  rm -rf "$stage/bench/peers/__pycache__"
  cp "$home/README.md" "$stage/README.md"
  cp "$home/LICENSE" "$stage/LICENSE" 2> /dev/null || true
  cp "$here/run" "$stage/run"
  chmod 755 "$stage/run"
}

describe() {
  local ptx
  ptx=$("$jdk/bin/jar" --list --file "$(ls "$stage"/lib/phoenix-kernels-*.jar)" | grep -c '\.ptx$' || true)
  [ "$ptx" -gt 0 ] || fail "the build has no kernels (it was made without nvcc): install the CUDA toolkit and build again"
  {
    echo "commit=$commit"
    echo "built=$date"
    echo "java=$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"/\1/p' "$jdk/release")"
    echo "kernels=$ptx"
    echo "platform=$platform"
  } > "$stage/bundle.properties"
}

out=$home/out/phoenix-$platform.tar.xz
while [ $# -gt 0 ]; do
  case $1 in
    --out) [ $# -gt 1 ] || fail "--out needs a file" 2; out=$2; shift 2 ;;
    --out=*) out=${1#--out=}; shift ;;
    -h|--help) usage; exit 0 ;;
    *) usage >&2; fail "unknown option '$1'" 2 ;;
  esac
done

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || fail "the runtime packed is that of this machine, which must be $platform, not $(uname -sm)"
[ -x "$jdk/bin/jlink" ] || fail "$jdk has no jlink: install a full JDK"
[ -f "$home/bench/target/bundle.classpath" ] || fail "not built: run 'mvn -DskipTests package' in $home"

case $out in
  *.xz) compressor=(xz -6 --threads=1) ;;
  *) compressor=(gzip -9 -n) ;;
esac

mkdir -p "$(dirname "$out")"
work=$(mktemp -d)
partial=
trap 'rm -rf "$work"; [ -z "$partial" ] || rm -f "$partial"' EXIT
stage=$work/phoenix
mkdir -p "$stage/lib" "$stage/test"

commit=$(git -C "$home" describe --always --dirty --abbrev=40 --exclude='*' 2> /dev/null || echo unknown)
seconds=$(git -C "$home" log -1 --format=%ct 2> /dev/null || echo 1767225600)
date=$(date -u -d "@$seconds" +%Y-%m-%dT%H:%M:%SZ)
jar_date=$date

copy_code
copy_data
describe
# Modules stay uncompressed: together in the archive they get smaller than each by itself (23.4 and
# 28.2 MB). The greeting of incubator modules is of no use here.
"$jdk/bin/jlink" --add-modules "$(modules)" --compress zip-0 --strip-debug --no-header-files \
  --no-man-pages --output "$stage/jre" 2>&1 | { grep -v '^WARNING: Using incubator' >&2 || true; }
[ -x "$stage/jre/bin/java" ] || fail "jlink made no runtime"
# For tools that look into a runtime from outside; this one only runs.
rm -f "$stage/jre/lib/jrt-fs.jar"

partial=$(mktemp "$(dirname "$out")/.bundle.XXXXXX")
tar --create --sort=name --mtime="@$seconds" --owner=0 --group=0 --numeric-owner --mode=go=u-w \
  --directory "$work" phoenix | "${compressor[@]}" > "$partial"
size=$(stat -c %s "$partial")
mib=$(awk -v bytes="$size" 'BEGIN { printf "%.1f", bytes / 1048576 }')
if [ "$size" -gt $((limit_mib * 1048576)) ]; then
  du -sk "$stage"/* | sort -rn | sed 's/^/  KiB /;s|'"$work/"'||' >&2
  fail "the archive has $mib MiB, more than $limit_mib; a name that ends in .tar.xz makes a smaller one"
fi
chmod 644 "$partial"
mv "$partial" "$out"
partial=
echo "$out: $mib MiB of at most $limit_mib, commit $commit"
