package dev.phoenix.bench.bundle;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks the payload of a bundle beside it. The target appears only when it is complete. If
 * several processes begin at once, the first one unpacks and the others wait. It runs from a jar
 * that has no other classes of this project.
 */
public final class Unpack {
  private static final String TEMPORARY = ".unpacking-";

  private Unpack() {}

  /** {@code Unpack PAYLOAD TARGET BYTES}: prints one line and exits with 1 on failure. */
  public static void main(String[] arguments) {
    if (arguments.length != 3) {
      System.err.println("usage: Unpack PAYLOAD TARGET BYTES");
      System.exit(2);
    }
    Path target = Path.of(arguments[1]);
    try {
      unpack(Path.of(arguments[0]), target, Long.parseLong(arguments[2]));
    } catch (IOException e) {
      System.err.println("phoenix: " + reason(e, target));
      System.exit(1);
    }
  }

  /** The error message in one line, with a workaround. */
  static String reason(IOException failure, Path target) {
    Path place = place(target);
    String what =
        failure instanceof AccessDeniedException || String.valueOf(failure).contains("Read-only")
            ? "the folder cannot be written to"
            : failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return "cannot unpack into %s: %s (PHOENIX_UNPACKED=FOLDER names another place)"
        .formatted(place, what);
  }

  private static Path place(Path target) {
    Path place = target.toAbsolutePath().getParent();
    if (place == null) {
      throw new IllegalArgumentException(target + " is no folder inside another");
    }
    return place;
  }

  /**
   * Unpacks, unless the target exists.
   *
   * @param bytes the size of the unpacked files
   * @throws IOException if the disk is full or the folder cannot be written to
   */
  static void unpack(Path payload, Path target, long bytes) throws IOException {
    Path place = Files.createDirectories(place(target));
    Path lock = place.resolve(".unpacking.lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = channel.lock()) {
      if (Files.isDirectory(target) || !held.isValid()) {
        return;
      }
      // This process holds the lock, so leftovers belong to killed processes.
      removeLeftovers(place);
      long free = Files.getFileStore(place).getUsableSpace();
      if (free < bytes) {
        throw new IOException(
            "it takes %,d MB, and %,d MB are free".formatted(bytes >> 20, free >> 20));
      }
      Path temporary = Files.createTempDirectory(place, TEMPORARY);
      try {
        extract(payload, temporary);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        remove(temporary);
      }
    }
  }

  private static void extract(Path payload, Path folder) throws IOException {
    try (ZipInputStream in =
        new ZipInputStream(
            new XZInputStream(new BufferedInputStream(Files.newInputStream(payload))))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path file = folder.resolve(entry.getName()).normalize();
        if (!file.startsWith(folder)) {
          throw new IOException("an entry leads out of the folder: " + entry.getName());
        }
        Files.createDirectories(place(file));
        if (Files.copy(in, file) != entry.getSize()) {
          throw new IOException("%s is not whole".formatted(entry.getName()));
        }
      }
    } catch (FileAlreadyExistsException e) {
      throw new IOException("the payload has %s twice".formatted(e.getFile()), e);
    }
  }

  private static void removeLeftovers(Path place) throws IOException {
    try (var found = Files.newDirectoryStream(place, TEMPORARY + "*")) {
      for (Path leftover : found) {
        remove(leftover);
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
