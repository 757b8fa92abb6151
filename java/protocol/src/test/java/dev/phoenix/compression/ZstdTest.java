package dev.phoenix.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Round trips of frames, and frames with too large windows. */
class ZstdTest {
  private static byte[] decompress(byte[] compressed) throws IOException {
    try (InputStream in = Zstd.decompress(new ByteArrayInputStream(compressed))) {
      return in.readAllBytes();
    }
  }

  @Test
  void whatIsCompressedComesBack() throws IOException {
    byte[] bytes = new byte[300_000];
    new Random(7).nextBytes(bytes);
    Arrays.fill(bytes, 50_000, 250_000, (byte) 7);
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream out = Zstd.compress(compressed)) {
      out.write(bytes);
    }
    assertTrue(compressed.size() < 110_000, "compressed to " + compressed.size());
    assertArrayEquals(bytes, decompress(compressed.toByteArray()));
    byte[] torn = Arrays.copyOf(compressed.toByteArray(), compressed.size() / 2);
    assertThrows(IOException.class, () -> decompress(torn));
    assertThrows(IOException.class, () -> decompress(new byte[100]));
  }

  @Test
  void aFrameThatAsksForALargeWindowIsRefused() throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (ZstdOutputStreamNoFinalizer out = new ZstdOutputStreamNoFinalizer(compressed)) {
      out.setLong(26);
      out.write(new byte[1000]);
      out.flush();
      out.write(new byte[1000]);
    }
    IOException refused =
        assertThrows(IOException.class, () -> decompress(compressed.toByteArray()));
    assertTrue(String.valueOf(refused.getMessage()).contains("memory"), refused.getMessage());
  }
}
