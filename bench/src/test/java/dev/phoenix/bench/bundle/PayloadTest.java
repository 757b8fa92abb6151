package dev.phoenix.bench.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A packed payload unpacks completely or not at all. */
class PayloadTest {
  @TempDir private Path place = Path.of("");

  private final byte[] array = new byte[10_001];
  private Path payload = Path.of("");
  private Path target = Path.of("");
  private long bytes;

  @BeforeEach
  void pack() throws IOException {
    new Random(1).nextBytes(array);
    Path folder = Files.createDirectories(place.resolve("from/deep"));
    Files.write(folder.resolve("a.npz"), array);
    Files.writeString(folder.resolve("text"), "hello");
    try (ZipOutputStream jar =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("x.jar")))) {
      jar.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
      jar.write("Multi-Release: true\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      jar.closeEntry();
    }
    payload = place.resolve("payload.xz");
    bytes = Pack.pack(place.resolve("from"), payload);
    target = place.resolve("to/app");
  }

  @Test
  void everythingComesBackAndJarsAreStored() throws IOException {
    Unpack.unpack(payload, target, bytes);
    assertArrayEquals(array, Files.readAllBytes(target.resolve("deep/a.npz")));
    assertEquals("hello", Files.readString(target.resolve("deep/text")));
    try (ZipFile jar = new ZipFile(target.resolve("deep/x.jar").toFile())) {
      ZipEntry entry = jar.getEntry("META-INF/MANIFEST.MF");
      assertEquals(ZipEntry.STORED, entry.getMethod());
      assertEquals(20, entry.getSize());
    }
    long unpacked = 0;
    for (String name : List.of("deep/a.npz", "deep/text", "deep/x.jar")) {
      unpacked += Files.size(target.resolve(name));
    }
    assertEquals(bytes, unpacked);
  }

  @Test
  void theSameFolderGivesTheSameBytes() throws IOException {
    Path again = place.resolve("again.xz");
    Pack.pack(place.resolve("from"), again);
    assertEquals(-1, Files.mismatch(payload, again));
  }

  @Test
  void whatWasUnpackedIsLeftAloneAndLeftoversGo() throws IOException {
    Path leftover = Files.createDirectories(place.resolve("to/.unpacking-1"));
    Files.writeString(leftover.resolve("half"), "half");
    Unpack.unpack(payload, target, bytes);
    assertFalse(Files.exists(leftover));
    Files.writeString(target.resolve("deep/text"), "mine");
    Unpack.unpack(payload, target, bytes);
    assertEquals("mine", Files.readString(target.resolve("deep/text")));
  }

  @Test
  void aDamagedPayloadLeavesNothing() throws IOException {
    byte[] damaged = Files.readAllBytes(payload);
    damaged[damaged.length / 2] ^= 1;
    Files.write(payload, damaged);
    assertThrows(IOException.class, () -> Unpack.unpack(payload, target, bytes));
    try (var left = Files.list(place.resolve("to"))) {
      assertEquals(List.of(".unpacking.lock"), left.map(file -> "" + file.getFileName()).toList());
    }
  }

  @Test
  void aFullDiskAndAFolderThatCannotBeWrittenAreNamed() {
    IOException full =
        assertThrows(IOException.class, () -> Unpack.unpack(payload, target, Long.MAX_VALUE));
    String reason = Unpack.reason(full, target);
    assertTrue(reason.contains("MB are free") && reason.contains("PHOENIX_UNPACKED"), reason);
    String readOnly =
        Unpack.reason(new java.nio.file.FileSystemException("x: Read-only file system"), target);
    assertTrue(readOnly.contains("cannot be written to"), readOnly);
  }
}
