package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Deflated entries as streaming writers leave them. */
class InflationTest {
  private static final byte[] CONTENT = RawZip.zeros(100);

  @Test
  void anEmptyBlockMayEndTheData() {
    RawZip.Entry entry = entry(CONTENT, flushed(CONTENT, true));
    try (NpzFile file = open(entry)) {
      assertArrayEquals(new float[100], file.get("a").toFloats());
    }
  }

  @Test
  void dataThatDoNotEndAreRefused() {
    byte[] open = flushed(CONTENT, false);
    int n = CONTENT.length;
    assertRefused(
        () -> open(entry(CONTENT, open)),
        n + " bytes inflated from " + open.length + ", found more than " + n + " bytes");
    RawZip.Entry longer = entry(CONTENT, open);
    longer.size = longer.localSize = n + 1L;
    assertRefused(
        () -> open(longer),
        n + 1 + " bytes inflated from " + open.length + ", found " + n + " bytes");
  }

  @Test
  void bytesAfterTheDataAreRefused() {
    byte[] packed = flushed(CONTENT, true);
    byte[] longer = Arrays.copyOf(packed, packed.length + 1);
    assertRefused(
        () -> open(entry(CONTENT, longer)),
        "inflated from " + longer.length + ", found " + CONTENT.length + " bytes from ");
  }

  /** More than the chunk of 1 MiB that is passed to the inflater at once. */
  @Test
  void largeDataAreReadInChunks() {
    byte[] values = new byte[3 << 20];
    new Random(1).nextBytes(values);
    byte[] npy =
        RawZip.npy(
            "{'descr': '|u1', 'fortran_order': False, 'shape': (" + values.length + ",), }",
            values);
    RawZip zip = new RawZip();
    zip.deflate("a.npy", npy);
    try (NpzFile file = TestFiles.parse(zip.build())) {
      int[] found = file.get("a").toInts();
      for (int i = 0; i < values.length; i++) {
        assertEquals(Byte.toUnsignedInt(values[i]), found[i]);
      }
    }
  }

  private static NpzFile open(RawZip.Entry entry) {
    RawZip zip = new RawZip();
    zip.entries.add(entry);
    return TestFiles.parse(zip.build());
  }

  private static RawZip.Entry entry(byte[] content, byte[] packed) {
    return new RawZip.Entry("a.npy", packed, content.length, 8, RawZip.crc(content));
  }

  /** The data and an empty block, then the last block if asked for. */
  private static byte[] flushed(byte[] content, boolean finish) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(content);
    byte[] out = new byte[4096];
    int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
    if (finish) {
      deflater.finish();
      length += deflater.deflate(out, length, out.length - length);
    }
    deflater.end();
    return Arrays.copyOf(out, length);
  }
}
