package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzWriterTest {
  @TempDir Path folder;

  /** With the second limit, every entry and the directory use zip64. */
  @ParameterizedTest
  @ValueSource(longs = {ZipOutput.ZIP64_LIMIT, 100})
  void roundTripsRandomArchives(long zip64Limit) {
    long seed = Long.getLong("phoenix.seed", 20260101);
    System.out.println("NpzWriterTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      Path path = folder.resolve("round" + round + ".npz");
      int rows = random.nextInt(40);
      int columns = random.nextInt(40);
      int n = rows * columns;
      float[] floats = new float[n];
      int[] ints = random.ints(n).toArray();
      long[] longs = random.longs(n).toArray();
      boolean[] flags = new boolean[n];
      List<String> strings = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        floats[i] = Float.intBitsToFloat(random.nextInt());
        flags[i] = random.nextBoolean();
        strings.add("é\uD83D\uDE00".repeat(random.nextInt(3)) + random.nextInt(50));
      }
      try (NpzWriter writer = NpzWriter.create(path, zip64Limit)) {
        writer.write("a/floats", floats, rows, columns);
        writer.write("ints", ints, n);
        writer.write("longs", longs, columns, 1, rows);
        writer.writeUnsigned("größe", longs, n);
        writer.write("flags", flags, rows, columns);
        writer.writeBfloat16("bf16", floats, n);
        writer.writeStrings("strings", strings, n);
        writer.commit();
      }
      try (NpzFile file = NpzFile.open(path)) {
        file.verifyChecksums();
        assertArrayEquals(floats, file.get("a/floats").toFloats());
        assertArrayEquals(new long[] {rows, columns}, file.get("a/floats").shape());
        assertArrayEquals(ints, file.get("ints").toInts());
        assertArrayEquals(longs, file.get("longs").toLongs());
        assertEquals(NpyType.UINT64, file.get("größe").type());
        assertArrayEquals(longs, file.get("größe").toLongs());
        assertArrayEquals(flags, file.get("flags").toBooleans());
        assertArrayEquals(strings.toArray(), file.get("strings").toStrings());
        float[] rounded = file.get("bf16").toFloats();
        for (int i = 0; i < n; i++) {
          assertRounded(floats[i], rounded[i]);
        }
        for (String name : file.names()) {
          assertEquals(0, file.get(name).data().address() % 64, name);
        }
      }
    }
  }

  private static void assertRounded(float exact, float rounded) {
    if (Float.isNaN(exact)) {
      assertEquals(exact, rounded);
      return;
    }
    // Half a unit in the last of bfloat16's 8 bits, or overflow to infinity.
    double error = Math.abs((double) rounded - exact);
    boolean near = error <= Math.max(Math.abs(exact) / 256.0, Float.MIN_NORMAL / 256.0);
    boolean overflow = Float.isInfinite(rounded) && Math.abs(exact) > 3.389e38f;
    assertEquals(true, near || overflow || exact == rounded, exact + " became " + rounded);
  }

  @Test
  void roundsBfloat16ToNearestEven() {
    assertEquals(0x3F80, NpyOutput.bfloat16(Float.intBitsToFloat(0x3F808000)));
    assertEquals(0x3F82, NpyOutput.bfloat16(Float.intBitsToFloat(0x3F818000)));
    assertEquals(0x3F81, NpyOutput.bfloat16(Float.intBitsToFloat(0x3F808001)));
    assertEquals(0x7F80, NpyOutput.bfloat16(Float.MAX_VALUE));
    assertEquals(0x7FC0, NpyOutput.bfloat16(Float.intBitsToFloat(0x7F800001)));
    assertEquals((short) 0x8000, NpyOutput.bfloat16(-0f));
  }

  @Test
  void writesBlockByBlock() {
    Path path = folder.resolve("blocks.npz");
    int rows = 3000;
    int columns = 129;
    try (NpzWriter writer = NpzWriter.create(path)) {
      try (NpyOutput out = writer.begin("x", NpyType.FLOAT32, rows, columns)) {
        float[] block = new float[columns];
        for (int row = 0; row < rows; row++) {
          Arrays.fill(block, row);
          if (row % 2 == 0) {
            out.write(block, 0, columns);
          } else {
            out.write(MemorySegment.ofArray(block));
          }
        }
      }
      writer.commit();
    }
    try (NpzFile file = NpzFile.open(path)) {
      file.verifyChecksums();
      float[] x = file.get("x").toFloats();
      for (int i = 0; i < x.length; i++) {
        assertEquals(i / columns, (int) x[i]);
      }
    }
  }

  /** Blocks that are larger than the writer's buffer of 1 MiB. */
  @Test
  void writesBlocksLargerThanItsBuffer() {
    Path path = folder.resolve("large.npz");
    int n = 400_000;
    float[] floats = new float[n];
    long[] longs = new long[n];
    for (int i = 0; i < n; i++) {
      floats[i] = i;
      longs[i] = -i;
    }
    try (NpzWriter writer = NpzWriter.create(path)) {
      writer.write("floats", floats, n);
      writer.write("longs", longs, n);
      try (NpyOutput out = writer.begin("bytes", NpyType.FLOAT32, n)) {
        out.write(MemorySegment.ofArray(floats));
      }
      writer.commit();
    }
    try (NpzFile file = NpzFile.open(path)) {
      file.verifyChecksums();
      assertArrayEquals(floats, file.get("floats").toFloats());
      assertArrayEquals(longs, file.get("longs").toLongs());
      assertArrayEquals(floats, file.get("bytes").toFloats());
    }
  }

  @Test
  void replacesTheTargetOnlyOnCommit() throws IOException {
    Path path = folder.resolve("target.npz");
    Files.writeString(path, "old");
    try (NpzWriter writer = NpzWriter.create(path)) {
      writer.write("a", new float[3], 3);
      assertEquals(2, count());
    }
    assertEquals("old", Files.readString(path));
    assertEquals(1, count());
    NpzWriter writer = NpzWriter.create(path);
    writer.write("a", new float[3], 3);
    writer.commit();
    writer.close();
    writer.close();
    assertEquals(1, count());
    assertThrows(IllegalStateException.class, () -> writer.write("b", new float[1], 1));
    try (NpzFile file = NpzFile.open(path)) {
      assertEquals(1, file.names().size());
    }
    assertRefused(
        () -> NpzWriter.create(folder.resolve("none/a.npz")), "a.npz", "cannot be written");
  }

  @Test
  void refusesWhatCannotBeRead() throws IOException {
    Path path = folder.resolve("refused.npz");
    try (NpzWriter writer = NpzWriter.create(path)) {
      writer.write("a", new float[1], 1);
      assertRefused(() -> writer.write("a", new float[1], 1), "'a'", "a new name");
      assertRefused(() -> writer.write("../b", new float[1], 1), "'..' parts");
      assertRefused(() -> writer.write("b", new float[2], 3), "'b'", "3 values for shape [3]", "2");
      assertRefused(() -> writer.write("b", new int[2], 3), "'b'", "3 values for shape [3]", "2");
      assertRefused(() -> writer.write("b", new boolean[2], 3), "'b'", "3 values for shape [3]");
      assertRefused(() -> writer.writeStrings("b", List.of(), 3), "'b'", "3 values for shape [3]");
      assertRefused(() -> writer.write("b", new float[0], -1, 0), "negative", "[-1, 0]");
      assertRefused(() -> writer.begin("b", NpyType.UNICODE, 1), "a numeric type");
      assertRefused(() -> writer.writeStrings("b", List.of("a\0"), 1), "element 0", "zero");
      assertRefused(() -> writer.writeStrings("b", List.of("\uD800"), 1), "unpaired surrogate");
      assertRefused(() -> writer.writeStrings("b", List.of("\uDFFF"), 1), "unpaired surrogate");
      NpyOutput out = writer.begin("c", NpyType.INT64, 2);
      assertRefused(() -> out.write(new float[1], 0, 1), "elements of INT64", "floats");
      assertRefused(() -> writer.begin("d", NpyType.INT64, 2), "'d'", "unfinished");
      assertRefused(writer::commit, "unfinished");
      out.write(new long[1], 0, 1);
      assertRefused(() -> out.write(new long[2], 0, 2), "16 bytes", "more");
      assertRefused(out::close, "'c'", "16 bytes");
      assertRefused(writer::commit, "unfinished");
    }
    assertFalse(Files.exists(path));
    assertEquals(0, count());
  }

  @Test
  void refusesToCommitAfterABlockFailedMidway() {
    Path path = folder.resolve("midway.npz");
    Arena arena = Arena.ofConfined();
    MemorySegment gone = arena.allocate(8);
    arena.close();
    try (NpzWriter writer = NpzWriter.create(path)) {
      NpyOutput out = writer.begin("a", NpyType.INT64, 1);
      assertThrows(IllegalStateException.class, () -> out.write(gone));
      out.close();
      assertRefused(writer::commit, "unfinished");
    }
    assertFalse(Files.exists(path));
  }

  private long count() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }
}
