package dev.phoenix.corpus;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log that is being written. When {@link #append} returns, the changes are on disk or, with
 * {@link Durability#SYSTEM}, with the operating system. A frame that cannot be written is cut off
 * again, at the latest before the next one, and the log goes on behind its last good byte. Not
 * thread-safe.
 */
final class CorpusLog implements AutoCloseable {
  private final Path file;
  private final ChangeCodec codec;
  private final Durability durability;
  private FileChannel channel;
  private long frames;
  private long bytes;

  /** Whether the file may have bytes behind the last good one. */
  private boolean torn;

  /** Whether all frames are on disk. */
  private boolean forced;

  private @Nullable CorpusUnavailableException refusal;
  private int refusedBytes;

  private CorpusLog(Path file, FileChannel channel, ChangeCodec codec, Durability durability) {
    this.file = file;
    this.channel = channel;
    this.codec = codec;
    this.durability = durability;
  }

  /**
   * Creates a new log, which gets its name once its header and {@code positions} are on disk.
   *
   * @throws CorpusUnavailableException if that fails; there is no such log then
   */
  static CorpusLog create(
      Path file, LogHeader header, List<SourcePosition> positions, Durability durability) {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    if (Files.exists(file)) {
      throw new CorpusException(file + " cannot be created: expected no such file");
    }
    try (Unfinished unfinished = new Unfinished(temporary, file)) {
      FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
      unfinished.channel = channel;
      CorpusLog log = new CorpusLog(file, channel, new ChangeCodec(header.dimension()), durability);
      log.write(header.frame());
      if (!positions.isEmpty()) {
        List<Change> reached = List.copyOf(positions.stream().map(Change.Reached::new).toList());
        log.write(log.codec.frame(reached, log.frames));
      }
      channel.force(true);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      log.forced = true;
      unfinished.channel = null;
      return log;
    } catch (IOException e) {
      throw CorpusUnavailableException.of(file, 0, e);
    }
  }

  /** Opens an existing log for appending at {@code end}. */
  static CorpusLog resume(Path file, LogHeader header, LogReader.End end, Durability durability) {
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
      CorpusLog log = new CorpusLog(file, channel, new ChangeCodec(header.dimension()), durability);
      log.frames = end.frames();
      log.bytes = end.bytes();
      try {
        if (end.frames() == 0) {
          log.write(header.frame());
        }
        channel.force(true);
        log.forced = true;
        return log;
      } catch (IOException | RuntimeException | Error failed) {
        channel.close();
        throw failed;
      }
    } catch (IOException e) {
      throw CorpusUnavailableException.of(file, 0, e);
    }
  }

  /** A new log without its name; closing removes it unless its channel was taken. */
  private static final class Unfinished implements AutoCloseable {
    private final Path temporary;
    private final Path file;
    private @Nullable FileChannel channel;

    Unfinished(Path temporary, Path file) {
      this.temporary = temporary;
      this.file = file;
    }

    @Override
    public void close() throws IOException {
      if (channel != null) {
        channel.close();
        Files.deleteIfExists(temporary);
        Files.deleteIfExists(file); // a move may fail after it has taken place
      }
    }
  }

  /**
   * Writes changes as one frame.
   *
   * @throws CorpusUnavailableException if the disk does not take it; the log is as before
   */
  void append(List<Change> changes) {
    ByteBuffer frame = codec.frame(changes, frames);
    int size = frame.remaining();
    try {
      cutBack();
      torn = true;
      forced = false;
      long end = writeAt(frame, bytes);
      if (durability == Durability.DISK) {
        channel.force(false);
        forced = true;
      }
      bytes = end;
      frames++;
      torn = false;
      refusal = null;
    } catch (IOException e) {
      throw refuse(size, e);
    }
  }

  private void write(ByteBuffer frame) throws IOException {
    bytes = writeAt(frame, bytes);
    frames++;
  }

  private long writeAt(ByteBuffer from, long start) throws IOException {
    long at = start;
    while (from.hasRemaining()) {
      at += channel.write(from, at);
    }
    return at;
  }

  private CorpusUnavailableException refuse(int size, IOException failed) {
    CorpusUnavailableException refused = CorpusUnavailableException.of(file, size, failed);
    refusal = refused;
    refusedBytes = size;
    try {
      cutBack();
    } catch (IOException later) {
      refused.addSuppressed(later); // tried again before the next frame
    }
    return refused;
  }

  /** Removes what a failed write left behind the last good byte. */
  private void cutBack() throws IOException {
    if (!torn) {
      return;
    }
    if (!channel.isOpen()) {
      // An interrupt closes a channel.
      channel = FileChannel.open(file, StandardOpenOption.WRITE);
    }
    channel.truncate(bytes);
    torn = false;
  }

  /** Why the last frame was refused; null if it was written, or could be now. */
  @Nullable CorpusUnavailableException refusal() {
    return refusal;
  }

  /**
   * If the last frame was refused, finds out whether the disk takes as many bytes now. Writes
   * zeros, which no reader takes for a frame, and removes them.
   */
  void probe() {
    if (refusal == null) {
      return;
    }
    try {
      cutBack();
      torn = true;
      var _ = writeAt(ByteBuffer.allocate(refusedBytes), bytes);
      channel.force(false);
      cutBack();
      refusal = null;
    } catch (IOException e) {
      var _ = refuse(refusedBytes, e);
    }
  }

  /** The size of the log in bytes. */
  long bytes() {
    return bytes;
  }

  Path file() {
    return file;
  }

  /**
   * Waits until everything written is on disk, and nothing is behind it.
   *
   * @throws CorpusUnavailableException if the disk does not take it
   */
  void force() {
    try {
      cutBack();
      if (!forced) {
        channel.force(true);
        forced = true;
      }
    } catch (IOException e) {
      throw CorpusUnavailableException.of(file, 0, e);
    }
  }

  /** Closes and removes the log, which nothing was appended to. */
  void discard() {
    try {
      channel.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw CorpusUnavailableException.of(file, 0, e);
    }
  }

  /** Forces the file to disk and closes it. */
  @Override
  public void close() {
    try (FileChannel closing = channel) {
      if (closing.isOpen()) {
        cutBack();
        if (!forced) {
          closing.force(true);
        }
      }
    } catch (IOException e) {
      throw new CorpusException(file + " cannot be closed: " + e, e);
    }
  }
}
