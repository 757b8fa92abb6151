package dev.phoenix.checkpoint;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.function.Executable;

/** Paths of test files, and assertions on errors. */
final class TestFiles {
  private static final Path BASE = Path.of(System.getProperty("basedir", "."));

  private TestFiles() {}

  static Path npy(String name) {
    return BASE.resolve("src/test/resources/npy").resolve(name);
  }

  static Path golden(String name) {
    return BASE.resolve("src/test/resources/golden").resolve(name);
  }

  static Path demo(String name) {
    return golden("pipeline").resolve(name);
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens an archive in memory. */
  static NpzFile parse(byte[] file) {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment copy = arena.allocate(Math.max(1, file.length)).asSlice(0, file.length);
      MemorySegment.copy(file, 0, copy, ValueLayout.JAVA_BYTE, 0, file.length);
      Place place = new Place("test.npz", null);
      return NpzFile.parse(copy.asReadOnly(), arena, "bare", new NpzFile.Limits(place, 1L << 26));
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /** Asserts that no mapping of {@code file} is left, where the platform tells. */
  static void assertNotMapped(Path file) throws IOException {
    Path maps = Path.of("/proc/self/maps");
    assumeTrue(Files.isReadable(maps), "skipped: no /proc/self/maps");
    String name = file.toRealPath().toString();
    assertFalse(Files.readString(maps).contains(name), () -> name + " is still mapped");
  }

  /** Asserts that a checkpoint is refused with a message that has every one of these parts. */
  static CheckpointException assertRefused(Executable executable, String... parts) {
    CheckpointException e = assertThrows(CheckpointException.class, executable);
    for (String part : parts) {
      assertTrue(
          String.valueOf(e.getMessage()).contains(part),
          () -> "'" + part + "' is not in: " + e.getMessage());
    }
    return e;
  }
}
