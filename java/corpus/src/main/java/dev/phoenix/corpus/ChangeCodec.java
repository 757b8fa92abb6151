package dev.phoenix.corpus;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes changes as consecutive bytes. A removal is kind u8, post id u64. A put is kind u8, post
 * id u64, author id u64, attributes u64, length of the topic u16, topic in UTF-8, D floats. A put
 * with a known creation time has another kind and that time (i64, in seconds) after the attributes.
 * A position of a source is kind u8, offset i64, partition i32, epoch i32, length of the source's
 * name u16, name in UTF-8. Vectors are stored so that a restart need not encode posts again.
 *
 * @param dimension D
 */
record ChangeCodec(int dimension) {
  private static final byte PUT = 1;
  private static final byte REMOVE = 2;
  private static final byte PUT_CREATED = 3;
  private static final byte REACHED = 4;
  private static final int REMOVE_BYTES = Byte.BYTES + Long.BYTES;

  /** The largest number of UTF-8 bytes of one char of a string. */
  private static final int UTF8_BYTES = 3;

  private static final int REACHED_BYTES = REMOVE_BYTES + 2 * Integer.BYTES + Short.BYTES;

  private static final int PUT_BYTES = REMOVE_BYTES + 3 * Long.BYTES + Short.BYTES;

  /** An upper bound of the encoded size of {@code request} in bytes, for topics of any length. */
  long mostBytes(ChangeRequest request) {
    long bytes = mostPutBytes() * request.posts().size();
    bytes += (long) REMOVE_BYTES * request.removed().size();
    for (SourcePosition position : request.reached()) {
      bytes += REACHED_BYTES + (long) position.source().length() * UTF8_BYTES;
    }
    return bytes;
  }

  /** The number of changes that always fit in a frame, whatever their kinds and topics. */
  int mostChanges() {
    return Math.toIntExact(Math.max(1, LogFrame.MAX_PAYLOAD_BYTES / mostPutBytes()));
  }

  private long mostPutBytes() {
    return PUT_BYTES + (long) Post.MAX_CHARACTERS * UTF8_BYTES + (long) dimension * Float.BYTES;
  }

  /** A frame that holds {@code changes}. */
  ByteBuffer frame(List<Change> changes, long number) {
    List<byte[]> texts = new ArrayList<>();
    long bytes = 0;
    for (Change change : changes) {
      byte[] text = text(change).getBytes(StandardCharsets.UTF_8);
      texts.add(text);
      bytes +=
          text.length
              + switch (change) {
                case Change.Put _ -> PUT_BYTES + (long) dimension * Float.BYTES;
                case Change.Remove _ -> REMOVE_BYTES;
                case Change.Reached _ -> REACHED_BYTES;
              };
    }
    if (bytes > LogFrame.MAX_PAYLOAD_BYTES) {
      throw new CorpusException(
          "expected changes of at most %d bytes, found %d"
              .formatted(LogFrame.MAX_PAYLOAD_BYTES, bytes));
    }
    ByteBuffer frame = LogFrame.allocate((int) bytes);
    for (int i = 0; i < changes.size(); i++) {
      write(frame, changes.get(i), texts.get(i));
    }
    return LogFrame.seal(frame, number);
  }

  /** The text that the bytes of a change end with, or have before the vector. */
  private static String text(Change change) {
    return switch (change) {
      case Change.Put put -> put.post().topic();
      case Change.Remove _ -> "";
      case Change.Reached reached -> reached.position().source();
    };
  }

  private void write(ByteBuffer to, Change change, byte[] text) {
    switch (change) {
      case Change.Reached(SourcePosition at) -> {
        to.put(REACHED).putLong(at.offset()).putInt(at.partition()).putInt(at.epoch());
        to.putShort((short) text.length).put(text);
      }
      case Change.Remove removed -> to.put(REMOVE).putLong(removed.postId());
      case Change.Put put -> {
        Post post = put.post();
        boolean known = post.created() != 0;
        to.put(known ? PUT_CREATED : PUT).putLong(post.id()).putLong(post.authorId());
        to.putLong(post.attributes());
        if (known) {
          to.putLong(post.created());
        }
        to.putShort((short) text.length).put(text);
        to.asFloatBuffer().put(put.vectors(), put.at(), dimension);
        to.position(to.position() + dimension * Float.BYTES);
      }
    }
  }

  /**
   * Reads what {@link #frame} wrote.
   *
   * @throws CorpusException if the bytes are not valid changes; the message names {@code place}
   */
  List<Change> read(ByteBuffer payload, String place) {
    List<Change> changes = new ArrayList<>();
    try {
      while (payload.hasRemaining()) {
        changes.add(read(payload));
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new CorpusException(place + ": expected changes of posts, found other bytes: " + e, e);
    }
    return changes;
  }

  private Change read(ByteBuffer from) {
    byte kind = from.get();
    long postId = from.getLong(); // an offset in a position
    if (kind == REMOVE) {
      return new Change.Remove(postId);
    }
    if (kind == REACHED) {
      int partition = from.getInt();
      int epoch = from.getInt();
      return new Change.Reached(new SourcePosition(text(from), partition, postId, epoch));
    }
    if (kind != PUT && kind != PUT_CREATED) {
      throw new IllegalArgumentException("kind " + kind);
    }
    long authorId = from.getLong();
    long attributes = from.getLong();
    long created = kind == PUT_CREATED ? from.getLong() : 0;
    String topic = text(from);
    float[] vector = new float[dimension];
    from.asFloatBuffer().get(vector);
    from.position(from.position() + dimension * Float.BYTES);
    return new Change.Put(new Post(postId, authorId, topic, attributes, created), vector, 0);
  }

  private static String text(ByteBuffer from) {
    byte[] text = new byte[Short.toUnsignedInt(from.getShort())];
    from.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
