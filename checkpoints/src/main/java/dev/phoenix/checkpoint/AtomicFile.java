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
 * A file that appears under its name complete or not at all: it is written beside its target,
 * forced to disk, then moved over it. Closed without commit, it is removed. Not thread-safe.
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
   * Writes a whole file. What is there and is no file of its own, such as a pipe or a terminal, is
   * written to and not replaced.
   *
   * @throws CheckpointException where it cannot be written, naming the file
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
      // Not Files.createTempFile: its permissions would keep others from reading the result.
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

  /** Forces the bytes to disk and puts the file in the target's place. */
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

  /** Discards what was written unless it was committed. Idempotent. */
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

  /** Makes the move itself durable, where the platform lets a directory be opened. */
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
