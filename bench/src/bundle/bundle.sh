#!/usr/bin/env bash
# Packs Phoenix, its tests, benchmarks and a Java runtime into an archive for a GPU machine.
# `./phoenix bundle` calls it: bundle.sh HOME JDK [--with serving] [--out FILE]
#
# The same sources and JDK give the same archive: names are sorted, times are the commit's, owners are 0.
set -euo pipefail
export LC_ALL=C TZ=UTC

limit_mib=55
serving_limit_mib=75
platform=linux-x86_64
home=$1
jdk=$2
shift 2
here=$home/bench/src/bundle
# Modules whose tests are packed.
tested="bindings/device bindings/cuda bindings/emulator kernels java/core java/training java/corpus"
tested="$tested java/protocol java/serving java/client java/kafka java/server java/cli"

usage() {
  cat <<EOF
Usage: phoenix bundle [--with serving] [--out FILE]
Packs everything that a $platform machine with an NVIDIA driver needs, a Java runtime included, into
one archive of at most $limit_mib MiB. There: tar xf FILE && phoenix/run pipeline

      --with serving   with the libraries of the server and its load generator, for serve, load and posts
                       from Kafka: at most $serving_limit_mib MiB
      --out FILE       where it goes (default: out/phoenix-$platform.tar.gz, or
                       out/phoenix-serving-$platform.tar.gz)
EOF
}

fail() {
  echo "phoenix bundle: $1" >&2
  exit "${2:-1}"
}

# Modules that JUnit and Jackson require for features that are not used here.
unneeded="java.desktop java.sql java.instrument jdk.compiler java.compiler java.rmi java.naming"

# Modules that the server's libraries use besides: naming, Kafka's logins, socket options.
serving_modules=java.naming,java.security.jgss,java.security.sasl,jdk.security.auth,jdk.net,jdk.zipfs

# The JDK modules that the jars use.
modules() {
  local wanted=java.base,java.xml,java.logging,java.management,jdk.management,jdk.unsupported
  local found drop
  wanted=$wanted,jdk.incubator.vector
  found=$("$jdk/bin/jdeps" --multi-release 25 --ignore-missing-deps --print-module-deps \
    --class-path "$stage/lib/*:$stage/test/*" "$stage"/lib/phoenix-*.jar "$stage"/test/phoenix-*.jar)
  for drop in $unneeded; do
    found=$(printf '%s' "$found" | tr ',' '\n' | { grep -vx "$drop" || true; } | paste -sd,)
  done
  [ -z "$with" ] || found=$found,$serving_modules
  printf '%s,%s' "$wanted" "$found" | tr ',' '\n' | sort -u | paste -sd,
}

# Makes a jar of a folder, with sorted names and the commit's time.
jar_of() {
  local folder=$1 jar=$2
  local -a manifest=(--no-manifest)
  if [ -f "$folder/META-INF/MANIFEST.MF" ]; then
    mv "$folder/META-INF/MANIFEST.MF" "$work/manifest"
    manifest=(--manifest "$work/manifest")
  fi
  (cd "$folder" && find . -type f -printf '%P\n' | sort) > "$work/names"
  (cd "$folder" && "$jdk/bin/jar" --create "${manifest[@]}" --date="$jar_date" --file "$jar" \
    @"$work/names")
}

# Copies a jar without the files that match a pattern, which this platform or bundle does not need.
thinned() {
  local jar=$1 target=$2 pattern=$3 folder=$work/thin
  rm -rf "$folder" && mkdir "$folder"
  (cd "$folder" && "$jdk/bin/jar" --extract --file "$jar")
  (cd "$folder" && find . -type f -printf '%P\n' | { grep -E "$pattern" || true; } \
    | while IFS= read -r name; do rm "$name"; done)
  jar_of "$folder" "$target"
}

# Native libraries of other systems.
foreign='\.(dll|dylib|jnilib|a)$|(aarch_64|windows_x86_64)\.so$'
foreign="$foreign|^(aix|darwin|freebsd|win)/|^linux/(aarch64|arm|i386|loongarch64|mips64|ppc|riscv|s390x)"
foreign="$foreign|util/linux/(aarch64|i386|ppc|s390x)|native/(AIX|FreeBSD|SunOS|Mac|Windows)"
foreign="$foreign|native/Linux/(aarch64|android|arm|loongarch64|ppc|riscv|s390x|x86/)"

copy_library() {
  local jar=$1 name
  name=$(basename "$jar")
  case $name in
    xz-*) cp "$jar" "$top/boot/$name" ;;
    junit-*|opentest4j-*|open-test-reporting-*|apiguardian-*) cp "$jar" "$stage/test/$name" ;;
    # The bundle is a class path. With a descriptor jdeps would take a jar for a module, and miss others.
    phoenix-*) thinned "$jar" "$stage/lib/$name" '^module-info\.class$' ;;
    # Only the driver API of JCuda is used.
    jcuda-natives-*) thinned "$jar" "$stage/lib/$name" 'lib/libJ(NvPTXCompiler|Nvrtc|CudaRuntime)' ;;
    jline-native-*) thinned "$jar" "$stage/lib/$name" 'nativ/(FreeBSD|Mac|Windows|Linux/(arm|ppc|x86/))' ;;
    grpc-netty-*|zstd-jni-*|lz4-java-*|snappy-java-*) thinned "$jar" "$stage/lib/$name" "$foreign" ;;
    *) cp "$jar" "$stage/lib/$name" ;;
  esac
}

# The libraries that the build resolved, and the jar of the benchmarks without JMH's classes and
# without files for the CPU's peers.
copy_code() {
  local jar module bench
  # The file has no newline at its end, so read fails for the last name but still sets it.
  tr ':' '\n' < "$home/bench/target/bundle.classpath" | while IFS= read -r jar || [ -n "$jar" ]; do
    copy_library "$jar"
  done
  if [ -n "$with" ]; then
    for jar in "$home"/java/cli/target/lib/*.jar; do
      [ -e "$stage/lib/$(basename "$jar")" ] || copy_library "$jar"
    done
  fi
  bench=$(ls "$home"/bench/target/phoenix-bench-*.jar)
  thinned "$bench" "$stage/lib/$(basename "$bench")" 'jmh_generated|BenchmarkList|CompilerHints|\.onnx$'
  for module in $tested; do
    rm -rf "$work/tests" && cp -r "$home/$module/target/test-classes" "$work/tests"
    # Tests of imports and launchers need the sources, so they are left out.
    rm -f "$work/tests"/dev/phoenix/ImportRulesTest* "$work/tests"/dev/phoenix/ops/gpu/KernelsInUseTest*
    # Cases are files, not entries of a jar.
    rm -rf "$work/tests"/golden
    jar_of "$work/tests" "$stage/test/phoenix-${module##*/}-tests.jar"
  done
}

copy_data() {
  local golden=src/test/resources/golden
  mkdir -p "$stage/checkpoints/src/test/resources" "$stage/test/src/test/resources" "$stage/bench"
  cp -r "$home/checkpoints/demo" "$stage/checkpoints/demo"
  cp -r "$home/checkpoints/$golden" "$stage/checkpoints/$golden"
  cp -r "$home/java/training/$golden" "$stage/test/$golden"
  cp -r "$home/bench/peers" "$stage/bench/peers"
  rm -rf "$stage/bench/peers/__pycache__"
  cp "$home/README.md" "$top/README.md"
  cp "$home/LICENSE" "$home/NOTICE" "$top/"
  cp "$here/run" "$top/run"
  chmod 755 "$top/run"
}

# The payload: all files except the runtime and the unpacker.
pack() {
  local name=dev/phoenix/bench/bundle folder=$work/boot bytes
  mkdir -p "$folder/$name"
  cp "$home/bench/target/classes/$name"/Unpack*.class "$folder/$name/"
  jar_of "$folder" "$top/boot/unpack.jar"
  bytes=$("$jdk/bin/java" -cp "$home/bench/target/classes:$top/boot/*" dev.phoenix.bench.bundle.Pack \
    "$stage" "$top/payload.xz") || fail "the payload cannot be packed"
  {
    echo "bytes=$bytes"
    echo "payload=$(sha256sum "$top/payload.xz" | cut -c 1-16)"
  } > "$top/payload.properties"
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
    echo "with=$with"
  } > "$stage/bundle.properties"
}

out=
with=
while [ $# -gt 0 ]; do
  case $1 in
    --with) [ "${2:-}" = serving ] || fail "--with: expected serving, found '${2:-}'" 2; with=$2; shift 2 ;;
    --with=serving) with=serving; shift ;;
    --out) [ $# -gt 1 ] || fail "--out needs a file" 2; out=$2; shift 2 ;;
    --out=*) out=${1#--out=}; shift ;;
    -h|--help) usage; exit 0 ;;
    *) usage >&2; fail "unknown option '$1'" 2 ;;
  esac
done

[ -n "$out" ] || out=$home/out/phoenix${with:+-$with}-$platform.tar.gz
case $out in
  *.tar.gz|*.tgz) ;;
  *) fail "--out: expected a name that ends in .tar.gz, found '$out'" 2 ;;
esac
[ -z "$with" ] || limit_mib=$serving_limit_mib

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || fail "the runtime packed is that of this machine, which must be $platform, not $(uname -sm)"
[ -x "$jdk/bin/jlink" ] || fail "$jdk has no jlink: install a full JDK"
[ -f "$home/bench/target/bundle.classpath" ] || fail "not built: run 'mvn -DskipTests -Pcubins package' in $home"

mkdir -p "$(dirname "$out")"
work=$(mktemp -d)
partial=
trap 'rm -rf "$work"; [ -z "$partial" ] || rm -f "$partial"' EXIT
top=$work/phoenix
stage=$work/stage
mkdir -p "$top/boot" "$stage/lib" "$stage/test"

commit=$(git -C "$home" describe --always --dirty --abbrev=40 --exclude='*' 2> /dev/null || echo unknown)
seconds=$(git -C "$home" log -1 --format=%ct 2> /dev/null || echo 1767225600)
date=$(date -u -d "@$seconds" +%Y-%m-%dT%H:%M:%SZ)
jar_date=$date

copy_code
copy_data
describe
pack
# Modules stay uncompressed: all together gzip makes them smaller than jlink does one by one (12.5 and
# 17.4 MB). The warning about incubator modules is filtered out.
"$jdk/bin/jlink" --add-modules "$(modules)" --compress zip-0 --strip-debug --no-header-files \
  --no-man-pages --output "$top/jre" 2>&1 | { grep -v '^WARNING: Using incubator' >&2 || true; }
[ -x "$top/jre/bin/java" ] || fail "jlink made no runtime"
# Files for tools that inspect a runtime, which are not needed.
rm -f "$top/jre/lib/jrt-fs.jar"
# Symbols of the JVM, which only crash reports use: 1.5 MB.
if command -v strip > /dev/null; then
  strip --strip-unneeded "$top/jre/lib/server/libjvm.so"
fi

partial=$(mktemp "$(dirname "$out")/.bundle.XXXXXX")
tar --create --sort=name --mtime="@$seconds" --owner=0 --group=0 --numeric-owner --mode=go=u-w \
  --directory "$work" phoenix | gzip -9 -n > "$partial"
size=$(stat -c %s "$partial")
mib=$(awk -v bytes="$size" 'BEGIN { printf "%.1f", bytes / 1048576 }')
if [ "$size" -gt $((limit_mib * 1048576)) ]; then
  du -sk "$top"/* "$stage"/* | sort -rn | sed 's/^/  KiB /;s|'"$work/"'||' >&2
  fail "the archive has $mib MiB, more than $limit_mib"
fi
chmod 644 "$partial"
mv "$partial" "$out"
partial=
echo "$out: $mib MiB of at most $limit_mib, commit $commit"
