package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static dev.phoenix.checkpoint.TestFiles.parse;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZipEndRecordTest {
  private final RawZip zip = new RawZip();

  @ParameterizedTest
  @ValueSource(ints = {1, 65535})
  void findsTheEndBeforeAComment(int comment) {
    zip.store("a.npy", RawZip.zeros(3));
    zip.comment = comment;
    byte[] file = zip.build();
    try (NpzFile found = parse(file)) {
      assertEquals(3, found.get("a").size());
    }
    // A comment that begins as an end record but does not reach the end of the file.
    byte[] end = {'P', 'K', 5, 6};
    System.arraycopy(end, 0, file, file.length - Math.min(4, comment), Math.min(4, comment));
    byte[] longer = Arrays.copyOf(file, file.length + 1);
    assertRefused(() -> parse(longer), "a zip archive or an npy array", longer.length + " bytes");
  }

  @Test
  void aZip64LocatorMayBeTheFirstThing() {
    byte[] file = Arrays.copyOf(new RawZip().build(), 42);
    System.arraycopy(file, 0, file, 20, 22);
    System.arraycopy(new byte[] {'P', 'K', 6, 7}, 0, file, 0, 4);
    Arrays.fill(file, 4, 20, (byte) 0);
    file[32] = 20; // the directory's bytes
    assertRefused(() -> parse(file), "the zip64 end record of at least", "truncated");
  }

  /** Entries, size and offset are in the last 14 bytes of a file without a comment. */
  @ParameterizedTest
  @ValueSource(ints = {14, 10, 6})
  void theTwoEndRecordsMustAgree(int fromEnd, @TempDir Path folder) throws IOException {
    Path path = folder.resolve("zip64.npz");
    try (NpzWriter writer = NpzWriter.create(path, 100)) {
      writer.write("a", new float[3], 3);
      writer.commit();
    }
    byte[] file = Files.readAllBytes(path);
    parse(file).close();
    // Neither 0xffff..., which refers to the zip64 record, nor the number there.
    Arrays.fill(file, file.length - fromEnd, file.length - fromEnd + 2, (byte) 7);
    if (fromEnd == 14) {
      Arrays.fill(file, file.length - 12, file.length - 10, (byte) 7);
    }
    assertRefused(
        () -> parse(file).close(),
        "a zip64 end record that agrees with the directory, found 1 ent");
  }
}
