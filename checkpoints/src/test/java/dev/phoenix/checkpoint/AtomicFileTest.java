package dev.phoenix.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void aFileIsReplacedAndNotWrittenOver() throws IOException {
    Path target = Files.writeString(folder.resolve("target"), "earlier");
    Path same = Files.createLink(folder.resolve("same"), target);
    byte[] contents = {1, 2, 3};
    AtomicFile.write(target, contents);
    assertArrayEquals(contents, Files.readAllBytes(target));
    assertEquals("earlier", Files.readString(same));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count());
    }
  }

  @Test
  void aDeviceIsWrittenTo() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/dev/null"));
    AtomicFile.write(link, new byte[] {1});
    assertTrue(Files.isSymbolicLink(link));
  }

  @Test
  void aFileThatCannotBeWrittenIsNamed() {
    Path target = folder.resolve("no folder/target");
    CheckpointException refused =
        assertThrows(CheckpointException.class, () -> AtomicFile.write(target, new byte[0]));
    assertEquals(0, String.valueOf(refused.getMessage()).indexOf(target + ": cannot be written"));
  }
}
