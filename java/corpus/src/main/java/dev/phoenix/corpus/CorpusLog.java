package dev.phoenix.corpus;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The log that is being written. When {@link #append} returns, the changes are on disk or, with
 * {@link Durability#SYSTEM}, with the operating system. After a failure the log refuses further
 * writes, because the contents of the disk are then unknown. Not thread-safe.
 */
final class CorpusLog implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final ChangeCodec codec;
  private final Durability durability;
  private long frames;
  private long bytes;
  private boolean failed;

  private CorpusLog(Path file, FileChannel channel, ChangeCodec codec, Durability durability) {
    this.file = file;
    this.channel = channel;
    this.codec = codec;
    this.durability = durability;
  }

  /** Creates a new log, whose header is on disk when this returns. */
  static CorpusLog create(Path file, LogHeader header, Durability durability) {
    CorpusLog log =
        open(file, header, durability, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      log.write(header.frame(), Durability.DISK);
      return log;
    } catch (RuntimeException failed) {
      try {
        log.channel.close();
        Files.delete(file);
      } catch (IOException e) {
        failed.addSuppressed(e);
      }
      throw failed;
    }
  }

  /** Opens an existing log for appending at {@code end}. */
  static CorpusLog resume(Path file, LogHeader header, LogReader.End end, Durability durability) {
    CorpusLog log = open(file, header, durability, StandardOpenOption.WRITE);
    log.frames = end.frames();
    log.bytes = end.bytes();
    if (end.frames() == 0) {
      log.write(header.frame(), Durability.DISK);
    }
    return log;
  }

  private static CorpusLog open(
      Path file, LogHeader header, Durability durability, StandardOpenOption... options) {
    try {
      FileChannel channel = FileChannel.open(file, options);
      return new CorpusLog(file, channel, new ChangeCodec(header.dimension()), durability);
    } catch (IOException e) {
      throw new CorpusException(file + " cannot be written: " + e, e);
    }
  }

  /** Writes changes as one frame. */
  void append(List<Change> changes) {
    write(codec.frame(changes, frames), durability);
  }

  private void write(ByteBuffer frame, Durability until) {
    if (failed) {
      throw new CorpusException(
          file + " has failed and accepts no further writes; restart the server");
    }
    try {
      long at = bytes;
      while (frame.hasRemaining()) {
        at += channel.write(frame, at);
      }
      if (until == Durability.DISK) {
        channel.force(false);
      }
      bytes = at;
      frames++;
    } catch (IOException e) {
      failed = true;
      throw new CorpusException(file + " cannot be written: " + e, e);
    }
  }

  /** The size of the log in bytes. */
  long bytes() {
    return bytes;
  }

  Path file() {
    return file;
  }

  /** Waits until everything written is on disk. */
  void force() {
    if (failed) {
      throw new CorpusException(file + " has failed; restart the server");
    }
    try {
      channel.force(true);
    } catch (IOException e) {
      failed = true;
      throw new CorpusException(file + " cannot be forced to disk: " + e, e);
    }
  }

  /** Forces the file to disk and closes it. */
  @Override
  public void close() {
    try (channel) {
      if (channel.isOpen() && !failed) {
        channel.force(true);
      }
    } catch (IOException e) {
      throw new CorpusException(file + " cannot be closed: " + e, e);
    }
  }
}
