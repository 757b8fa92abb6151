package dev.phoenix.corpus;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log from its beginning. A frame is written only after the previous frame is on disk. If a
 * good frame follows a bad one, acknowledged changes are damaged and the log is refused. If none
 * follows, the process or the machine stopped while it wrote the bad frame, which was never
 * acknowledged; it is truncated.
 */
final class LogReader {
  private static final System.Logger LOG = System.getLogger(LogReader.class.getName());

  private final Path file;
  private final LogHeader expected;

  LogReader(Path file, LogHeader expected) {
    this.file = file;
    this.expected = expected;
  }

  /**
   * The end of a log.
   *
   * @param frames number of whole frames, the header included
   * @param bytes offset of the next frame
   */
  record End(long frames, long bytes) {}

  /**
   * Passes every change to {@code changes} in order.
   *
   * @param isLast whether this is the newest log; only its end may be incomplete
   * @throws CorpusException if the log is damaged or was written for another corpus
   */
  End replay(Consumer<Change> changes, Last isLast) {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      End end = replay(bytes, changes);
      if (end.bytes() < bytes.byteSize()) {
        requireTorn(bytes, end, isLast);
        LOG.log(
            Level.WARNING,
            "{0}: the last {1} bytes, from byte {2} on, are a record that was not finished, and"
                + " are cut off",
            file,
            bytes.byteSize() - end.bytes(),
            end.bytes());
        channel.truncate(end.bytes());
        channel.force(true);
      }
      return end;
    } catch (IOException e) {
      throw new CorpusException(file + " cannot be read: " + e, e);
    }
  }

  /** Whether a log is the newest. */
  enum Last {
    YES,
    NO
  }

  private End replay(MemorySegment bytes, Consumer<Change> changes) {
    ChangeCodec codec = new ChangeCodec(expected.dimension());
    long at = 0;
    long number = 0;
    while (true) {
      ByteBuffer frame = frame(bytes, at);
      int payloadBytes = LogFrame.payloadBytes(frame);
      if (payloadBytes < 0 || LogFrame.number(frame) != number) {
        return new End(number, at);
      }
      ByteBuffer payload =
          frame.slice(LogFrame.HEADER_BYTES, payloadBytes).order(ByteOrder.LITTLE_ENDIAN);
      if (number == 0) {
        expected.requireSame(LogHeader.read(payload, file), file);
      } else {
        codec.read(payload, file + ", record " + number).forEach(changes);
      }
      number++;
      at += LogFrame.HEADER_BYTES + payloadBytes;
    }
  }

  /** The bytes from {@code at} on, at most as many as a frame can have. */
  private static ByteBuffer frame(MemorySegment bytes, long at) {
    long most = (long) LogFrame.HEADER_BYTES + LogFrame.MAX_PAYLOAD_BYTES;
    return bytes
        .asSlice(at, Math.min(most, bytes.byteSize() - at))
        .asByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private void requireTorn(MemorySegment bytes, End end, Last isLast) {
    Long good = nextGood(bytes, end);
    if (isLast == Last.YES && good == null) {
      return;
    }
    String behind =
        good == null ? "another log follows this one" : "a whole record follows at byte " + good;
    throw new CorpusException(
        "%s: expected record %d at byte %d, found bytes that are none, and %s: acknowledged changes"
                .formatted(file, end.frames(), end.bytes(), behind)
            + " are damaged. Restore the file from a copy, or give up what follows by cutting it at"
            + " byte "
            + end.bytes());
  }

  private static @Nullable Long nextGood(MemorySegment bytes, End end) {
    for (long at = end.bytes() + 1; at + LogFrame.HEADER_BYTES <= bytes.byteSize(); at++) {
      if (bytes.get(ValueLayout.JAVA_BYTE, at) == (byte) LogFrame.MAGIC) {
        ByteBuffer frame = frame(bytes, at);
        if (LogFrame.payloadBytes(frame) >= 0 && LogFrame.number(frame) > end.frames()) {
          return at;
        }
      }
    }
    return null;
  }
}
