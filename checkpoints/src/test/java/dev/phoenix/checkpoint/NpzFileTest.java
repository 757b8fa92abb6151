package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzFileTest {
  private static final float[] FLOATS = {0f, -1.5f, 3.25f, 65504f, 1e-4f, Float.POSITIVE_INFINITY};

  @ParameterizedTest
  @ValueSource(strings = {"types_stored.npz", "types_deflated.npz"})
  void readsEveryNumericType(String name) {
    try (NpzFile file = NpzFile.open(TestFiles.npy(name))) {
      file.verifyChecksums();
      assertArrayEquals(FLOATS, file.get("f4").toFloats());
      assertArrayEquals(FLOATS, file.get("f4_fortran").toFloats());
      assertTrue(file.get("f4_fortran").fortranOrder());
      assertArrayEquals(new long[] {2, 3}, file.get("f4_fortran").shape());
      assertArrayEquals(FLOATS, file.get("f8").toFloats());
      assertEquals(1e-4, file.get("f8").toDoubles()[4]);
      float[] half = file.get("f2").toFloats();
      assertArrayEquals(FLOATS, half, 1e-7f);
      assertEquals(Float.float16ToFloat(Float.floatToFloat16(1e-4f)), half[4]);
      assertEquals(NpyType.BFLOAT16, file.get("bf16").type());
      assertArrayEquals(
          new float[] {1f, -3f, Float.POSITIVE_INFINITY}, file.get("bf16").toFloats());
      assertArrayEquals(new int[] {-128, 127}, file.get("i1").toInts());
      assertArrayEquals(new int[] {-32768, 32767}, file.get("i2").toInts());
      assertArrayEquals(new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE}, file.get("i4").toInts());
      assertArrayEquals(new long[] {Long.MIN_VALUE, Long.MAX_VALUE}, file.get("i8").toLongs());
      assertArrayEquals(new int[] {0, 255}, file.get("u1").toInts());
      assertArrayEquals(new int[] {0, 65535}, file.get("u2").toInts());
      assertArrayEquals(new long[] {0, 0xFFFFFFFFL}, file.get("u4").toLongs());
      assertArrayEquals(new long[] {0, Long.MIN_VALUE, -1}, file.get("u8").toLongs());
      assertArrayEquals(new boolean[] {true, false, false, true}, file.get("b1").toBooleans());
    }
  }

  @Test
  void readsEveryNumberAsFloats() {
    try (NpzFile file = NpzFile.open(TestFiles.npy("types_stored.npz"))) {
      assertArrayEquals(FLOATS, file.get("f8").toNumbers());
      assertArrayEquals(new float[] {1, 0, 0, 1}, file.get("b1").toNumbers());
      assertArrayEquals(new float[] {-128, 127}, file.get("i1").toNumbers());
      assertArrayEquals(new float[] {0, 0x1p32f}, file.get("u4").toNumbers());
      assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, file.get("i4_fortran").toNumbers());
      assertRefused(() -> file.get("U").toNumbers(), "integers for toNumbers", "UNICODE");
      assertEquals("i4_fortran", file.get("i4_fortran").name());
      assertEquals("i4_fortran INT32[2, 3]", file.get("i4_fortran").toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"types_stored.npz", "types_deflated.npz"})
  void readsEveryOrderAndShape(String name) {
    try (NpzFile file = NpzFile.open(TestFiles.npy(name))) {
      assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5}, file.get("i4_fortran").toInts());
      double[] cube = file.get("f8_fortran_3d").toDoubles();
      for (int i = 0; i < 24; i++) {
        assertEquals(i, cube[i]);
      }
      assertArrayEquals(new float[] {7.5f}, file.get("scalar").toFloats());
      assertEquals(0, file.get("scalar").shape().length);
      assertArrayEquals(new long[] {0, 5}, file.get("empty").shape());
      assertEquals(0, file.get("empty").toFloats().length);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"types_stored.npz", "types_deflated.npz"})
  void readsStrings(String name) {
    try (NpzFile file = NpzFile.open(TestFiles.npy(name))) {
      assertArrayEquals(
          new String[] {"a", "", "grüße", "\uD83D\uDE00x"}, file.get("U").toStrings());
      assertArrayEquals(new String[] {"a", "b", "cc", "d"}, file.get("U_fortran").toStrings());
      assertArrayEquals(new String[] {"a", "", "grüße"}, file.get("S").toStrings());
      assertArrayEquals(new String[] {"x", "yy", "x", "é"}, file.get("O").toStrings());
      assertThrows(IndexOutOfBoundsException.class, () -> file.get("U").string(4));
    }
  }

  @Test
  void refusesConversionsThatLose() {
    try (NpzFile file = NpzFile.open(TestFiles.npy("types_stored.npz"))) {
      assertRefused(() -> file.get("i8").toInts(), "'i8'", "int32", "INT64");
      assertRefused(() -> file.get("u4").toInts(), "'u4'", "UINT32");
      assertRefused(() -> file.get("f4").toLongs(), "integers", "FLOAT32");
      assertRefused(() -> file.get("i4").toFloats(), "toFloats", "INT32");
      assertRefused(() -> file.get("b1").toInts(), "BOOL");
      assertRefused(() -> file.get("u1").toBooleans(), "bool", "UINT8");
      assertRefused(() -> file.get("f4").toStrings(), "strings", "FLOAT32");
      assertRefused(() -> file.get("f4").string(0), "strings", "FLOAT32");
    }
  }

  @Test
  void refusesMalformedText() {
    for (int point : new int[] {0xD800, 0xDFFF, 0x110000}) {
      try (NpzFile file = TestFiles.parse(utf32(point))) {
        String found = "code point " + Integer.toHexString(point);
        assertRefused(() -> file.get("bare").toStrings(), "element 0", found);
      }
    }
    for (int point : new int[] {0xD7FF, 0xE000, 0x10FFFF}) {
      try (NpzFile file = TestFiles.parse(utf32(point))) {
        assertEquals(Character.toString(point), file.get("bare").string(0));
      }
    }
    byte[] utf8 =
        RawZip.npy("{'descr': '|S1', 'fortran_order': False, 'shape': (1,), }", (byte) 0xFF);
    try (NpzFile file = TestFiles.parse(utf8)) {
      assertRefused(() -> file.get("bare").toStrings(), "UTF-8 in element 0");
    }
  }

  private static byte[] utf32(int point) {
    byte[] bytes = {(byte) point, (byte) (point >> 8), (byte) (point >> 16), 0};
    return RawZip.npy("{'descr': '<U1', 'fortran_order': False, 'shape': (1,), }", bytes);
  }

  @Test
  void readsABareNpyFile() {
    try (NpzFile file = NpzFile.open(TestFiles.npy("bare.npy"))) {
      assertEquals("bare", file.names().getFirst());
      assertArrayEquals(FLOATS, file.get("bare").toFloats());
      file.verifyChecksums();
    }
    assertRefused(() -> NpzFile.open(TestFiles.npy("big_endian.npy")), "big-endian", "'>f4'");
    assertRefused(() -> NpzFile.open(TestFiles.npy("structured.npy")), "a quoted string");
    assertRefused(() -> NpzFile.open(TestFiles.npy("complex.npy")), "'<c8'");
  }

  @Test
  void refusesUseAfterClose() {
    NpzFile file = NpzFile.open(TestFiles.npy("types_stored.npz"));
    NpyArray array = file.get("f4");
    file.close();
    file.close();
    assertThrows(IllegalStateException.class, () -> file.get("f4"));
    assertThrows(IllegalStateException.class, file::verifyChecksums);
    assertThrows(IllegalStateException.class, array::toFloats);
  }

  @Test
  void namesWhatIsMissing(@TempDir Path folder) throws IOException {
    assertRefused(() -> NpzFile.open(folder.resolve("none.npz")), "none.npz", "no file");
    assertRefused(() -> NpzFile.open(folder), "another kind");
    Path text = Files.writeString(folder.resolve("text.npz"), "not an archive");
    assertRefused(() -> NpzFile.open(text), "text.npz", "end-of-directory");
    Path empty = Files.createFile(folder.resolve("empty.npz"));
    assertRefused(() -> NpzFile.open(empty), "empty.npz", "0 bytes");
    try (NpzFile file = NpzFile.open(TestFiles.npy("types_stored.npz"))) {
      assertRefused(() -> file.get("f5"), "types_stored.npz", "'f5'", "[f2, f4,");
    }
    assertRefused(
        () -> NpzFile.open(TestFiles.npy("types_stored.npz"), 1000), "at most 1000 bytes");
  }

  @Test
  void readsPastFourGiB(@TempDir Path folder) throws IOException {
    long count = 1_200_000_000L;
    byte[] npy =
        RawZip.npy("{'descr': '<f4', 'fortran_order': False, 'shape': (" + count + ",), }\n");
    Path path = folder.resolve("large.npz");
    // A sparse file of which only the ends are written. The second entry is beyond 4 GiB, so zip64
    // is needed.
    try (RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
      RawZip zip = new RawZip();
      RawZip.Entry large = zip.store("large.npy", npy);
      large.size = large.localSize = large.packedSize = npy.length + 4 * count;
      large.zip64 = true;
      large.offset = 0;
      byte[] local = RawZip.local(large);
      out.write(local);
      out.write(npy);
      out.seek(local.length + large.size - 1);
      out.write(0x3F); // the last float becomes 0.5
      RawZip.Entry small = zip.store("small.npy", RawZip.zeros(3));
      small.zip64 = true;
      small.offset = out.getFilePointer();
      out.write(RawZip.local(small));
      out.write(small.data);
      long start = out.getFilePointer();
      out.write(RawZip.central(large));
      out.write(RawZip.central(small));
      out.write(zip.end(start, out.getFilePointer() - start));
    }
    try (NpzFile file = NpzFile.open(path)) {
      NpyArray array = file.get("large");
      assertEquals(count, array.size());
      assertEquals(0.5f, array.data().get(ByteCursor.F32, 4 * (count - 1)));
      assertEquals(3, file.get("small").toFloats().length);
    }
  }

  @Test
  void verifiesChecksumsOnDemand() {
    RawZip zip = new RawZip();
    zip.store("good.npy", RawZip.zeros(2));
    zip.store("bad.npy", RawZip.zeros(3)).crc = 0x1234;
    try (NpzFile file = TestFiles.parse(zip.build())) {
      assertRefused(file::verifyChecksums, "'bad.npy'", "CRC-32 1234", "corrupt");
    }
    byte[] text = "%PDF".getBytes(StandardCharsets.UTF_8);
    RawZip other = new RawZip();
    other.store("a.npy", text);
    assertRefused(() -> TestFiles.parse(other.build()), "entry 'a'", "an npy header");
  }
}
