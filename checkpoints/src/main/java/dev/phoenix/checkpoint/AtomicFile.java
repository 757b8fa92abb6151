package dev.phoenix.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that is written atomically: to a temporary file in the target's folder, which is forced to
 * disk and then moved over the target. Closing without commit removes it. Not thread-safe.
 */
public final class AtomicFile implements AutoCloseable {
  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private boolean closed;

  private AtomicFile(Path target, Path temporary, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
  }

  /**
   * Writes a whole file. If the target exists and is not a regular file, such as a pipe or a
   * terminal, it is written to and not replaced.
   *
   * @throws CheckpointException if it cannot be written, naming the file
   */
  public static void write(Path target, byte[] contents) {
    try {
      if (Files.exists(target) && !Files.isRegularFile(target)) {
        Files.write(target, contents);
        return;
      }
      try (AtomicFile file = create(target)) {
        ByteBuffer bytes = ByteBuffer.wrap(contents);
        while (bytes.hasRemaining()) {
          file.channel().write(bytes);
        }
        file.commit();
      }
    } catch (IOException e) {
      throw Place.of(target).error("cannot be written: " + e, e);
    }
  }

  static AtomicFile create(Path target) {
    Path absolute = target.toAbsolutePath();
    String random = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = absolute.resolveSibling("." + absolute.getFileName() + "." + random + ".tmp");
    try {
      // Not Files.createTempFile, whose files only the owner can read.
      FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      return new AtomicFile(absolute, temporary, channel);
    } catch (IOException e) {
      throw Place.of(target).error("cannot be written: " + e, e);
    }
  }

  FileChannel channel() {
    return channel;
  }

  /** Forces the bytes to disk and moves the file over the target. */
  void commit() throws IOException {
    channel.force(true);
    channel.close();
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("the file system cannot replace a file atomically", e);
    }
    closed = true;
    forceDirectory();
  }

  /** Discards the file unless it was committed. Idempotent. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      channel.close();
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw Place.of(temporary).error("cannot be removed: " + e, e);
    }
  }

  /** Makes the move durable, on platforms that allow opening a directory. */
  private void forceDirectory() {
    Path directory = target.getParent();
    if (directory == null) {
      return;
    }
    try (FileChannel handle = FileChannel.open(directory, StandardOpenOption.READ)) {
      handle.force(true);
    } catch (IOException e) {
      System.getLogger(AtomicFile.class.getName())
          .log(System.Logger.Level.DEBUG, "cannot force directory {0}: {1}", directory, e);
    }
  }
}
