package dev.phoenix.corpus;

import dev.phoenix.checkpoint.Corpus;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The first frame of a log, which identifies its vectors and the original corpus. A log of another
 * encoder or corpus is refused, because its vectors are not comparable.
 *
 * @param dimension D
 * @param encoder the encoder's fingerprint
 * @param origin name of the corpus file that the first log started from
 */
record LogHeader(int dimension, String encoder, String origin) {
  private static final int VERSION = 1;

  /** Names a corpus by its size and a checksum of its post ids. */
  static String nameOf(Corpus corpus) {
    CRC32C checksum = new CRC32C();
    ByteBuffer id = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long i = 0; i < corpus.size(); i++) {
      checksum.update(id.putLong(0, corpus.postId(i)).rewind());
    }
    return "%d-%08x".formatted(corpus.size(), checksum.getValue());
  }

  ByteBuffer frame() {
    byte[] encoderBytes = encoder.getBytes(StandardCharsets.UTF_8);
    byte[] originBytes = origin.getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame =
        LogFrame.allocate(4 * Integer.BYTES + encoderBytes.length + originBytes.length);
    frame.putInt(VERSION).putInt(dimension);
    frame.putInt(encoderBytes.length).put(encoderBytes);
    frame.putInt(originBytes.length).put(originBytes);
    return LogFrame.seal(frame, 0);
  }

  static LogHeader read(ByteBuffer payload, Path file) {
    try {
      int version = payload.getInt();
      if (version != VERSION) {
        throw new CorpusException(
            "%s: expected a log of version %d, found %d".formatted(file, VERSION, version));
      }
      return new LogHeader(payload.getInt(), text(payload), text(payload));
    } catch (BufferUnderflowException e) {
      throw new CorpusException(file + ": the log's header is cut short", e);
    }
  }

  private static String text(ByteBuffer payload) {
    int length = payload.getInt();
    if (length < 0 || length > payload.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    payload.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Throws unless the header {@code found} in a log equals this expected header. */
  void requireSame(LogHeader found, Path file) {
    if (!equals(found)) {
      throw new CorpusException(
          "%s: expected a log of %s, found one of %s; serve the model and corpus that it was written"
                  .formatted(file, describe(), found.describe())
              + " with, or move its folder away to begin anew");
    }
  }

  private String describe() {
    return "vectors of %d by the encoder %s, over the corpus %s"
        .formatted(dimension, encoder, origin);
  }
}
