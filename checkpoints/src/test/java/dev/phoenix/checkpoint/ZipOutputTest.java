package dev.phoenix.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The archive byte by byte, and as the JDK's own reader sees it. */
class ZipOutputTest {
  private static final int ALIGNMENT = 64;
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END64 = 0x06064b50;

  @TempDir Path folder;

  @Test
  void padsDataByAsFewBytesAsAnExtraFieldAllows() throws IOException {
    for (int length = 1; length <= 2 * ALIGNMENT; length++) {
      ByteBuffer zip = write(ZipOutput.ZIP64_LIMIT, 1, "n".repeat(length), 0);
      int padding = 0;
      // An extra field takes 4 bytes, and this one has a value of 2.
      while ((30 + length + padding) % ALIGNMENT != 0 || (padding > 0 && padding < 6)) {
        padding++;
      }
      assertEquals(padding, zip.getShort(28), "extra field after a name of " + length + " bytes");
    }
  }

  /**
   * An entry of 1000 bytes and its name of 34 fill 1064 bytes, its directory 80. Each limit is met
   * exactly or missed by one.
   */
  @ParameterizedTest
  @CsvSource({
    "1000, 45, 45, true",
    "1001, 20, 20, true",
    "1064, 20, 20, true",
    "1065, 20, 20, false"
  })
  void usesZip64FromTheLimitOn(long limit, int local, int central, boolean end64)
      throws IOException {
    ByteBuffer zip = write(limit, 1, "n".repeat(34), 1000);
    int extra = zip.getShort(28);
    int data = 30 + 34 + extra;
    int directory = data + 1000;
    assertEquals(LOCAL, zip.getInt(0));
    assertEquals(local, zip.getShort(4), "version of the local header");
    assertEquals(local == 45 ? -1 : 1000, zip.getInt(22), "size in the local header");
    assertEquals(CENTRAL, zip.getInt(directory));
    assertEquals(45, zip.getShort(directory + 4), "version of the writer");
    assertEquals(central, zip.getShort(directory + 6), "version needed in the directory");
    assertEquals(end64, find(zip, END64), "a zip64 end record");
  }

  /** Ten entries without data fill 640 bytes, their directory 800. */
  @ParameterizedTest
  @CsvSource({"640, true", "700, true", "800, true", "801, false"})
  void aLargeDirectoryNeedsZip64(long limit, boolean end64) throws IOException {
    ByteBuffer zip = write(limit, 10, "n".repeat(33), 0);
    assertEquals(end64, find(zip, END64));
    try (ZipFile file = new ZipFile(folder.resolve("test.zip").toFile())) {
      assertEquals(10, file.size());
    }
  }

  @Test
  void anOffsetOfTheLimitIsWide() throws IOException {
    // The second entry begins at 64.
    ByteBuffer zip = write(ALIGNMENT, 2, "n".repeat(33), 0);
    int second = 2 * ALIGNMENT + 46 + 34;
    assertEquals(CENTRAL, zip.getInt(second));
    assertEquals(-1, zip.getInt(second + 42), "offset of the second entry");
    assertEquals(12, zip.getShort(second + 30), "extra bytes of the second entry");
    assertEquals(ALIGNMENT, zip.getLong(second + 46 + 34 + 4));
  }

  /** Writes entries of {@code size} bytes; a digit is added to names where there are several. */
  private ByteBuffer write(long limit, int count, String name, int size) throws IOException {
    Path path = folder.resolve("test.zip");
    byte[] data = new byte[size];
    Arrays.fill(data, (byte) 7);
    Files.deleteIfExists(path);
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ZipOutput out = new ZipOutput(channel, limit);
      for (int i = 0; i < count; i++) {
        out.begin(count == 1 ? name : name + i, size);
        out.write(ByteBuffer.wrap(data));
        out.end();
      }
      out.finish();
    }
    try (ZipFile file = new ZipFile(path.toFile())) {
      for (int i = 0; i < count; i++) {
        ZipEntry entry = file.getEntry(count == 1 ? name : name + i);
        assertArrayEquals(data, file.getInputStream(entry).readAllBytes());
      }
    }
    return ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static boolean find(ByteBuffer zip, int signature) {
    for (int at = 0; at + 4 <= zip.limit(); at++) {
      if (zip.getInt(at) == signature) {
        return true;
      }
    }
    return false;
  }
}
