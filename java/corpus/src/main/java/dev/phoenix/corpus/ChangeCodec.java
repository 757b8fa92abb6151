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
 * Vectors are stored so that a restart need not encode posts again.
 *
 * @param dimension D
 */
record ChangeCodec(int dimension) {
  private static final byte PUT = 1;
  private static final byte REMOVE = 2;
  private static final byte PUT_CREATED = 3;
  private static final int REMOVE_BYTES = Byte.BYTES + Long.BYTES;

  /** The largest number of UTF-8 bytes of one char of a string. */
  private static final int UTF8_BYTES = 3;

  private static final int PUT_BYTES = REMOVE_BYTES + 3 * Long.BYTES + Short.BYTES;

  /** An upper bound of the encoded size of {@code request} in bytes, for topics of any length. */
  long mostBytes(ChangeRequest request) {
    return mostPutBytes() * request.posts().size() + (long) REMOVE_BYTES * request.removed().size();
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
    List<byte[]> topics = new ArrayList<>();
    long bytes = 0;
    for (Change change : changes) {
      byte[] topic = {};
      if (change instanceof Change.Put put) {
        topic = put.post().topic().getBytes(StandardCharsets.UTF_8);
        bytes += PUT_BYTES + topic.length + (long) dimension * Float.BYTES;
      } else {
        bytes += REMOVE_BYTES;
      }
      topics.add(topic);
    }
    if (bytes > LogFrame.MAX_PAYLOAD_BYTES) {
      throw new CorpusException(
          "expected changes of at most %d bytes, found %d"
              .formatted(LogFrame.MAX_PAYLOAD_BYTES, bytes));
    }
    ByteBuffer frame = LogFrame.allocate((int) bytes);
    for (int i = 0; i < changes.size(); i++) {
      write(frame, changes.get(i), topics.get(i));
    }
    return LogFrame.seal(frame, number);
  }

  private void write(ByteBuffer to, Change change, byte[] topic) {
    switch (change) {
      case Change.Remove removed -> to.put(REMOVE).putLong(removed.postId());
      case Change.Put put -> {
        Post post = put.post();
        boolean known = post.created() != 0;
        to.put(known ? PUT_CREATED : PUT).putLong(post.id()).putLong(post.authorId());
        to.putLong(post.attributes());
        if (known) {
          to.putLong(post.created());
        }
        to.putShort((short) topic.length).put(topic);
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
    long postId = from.getLong();
    if (kind == REMOVE) {
      return new Change.Remove(postId);
    }
    if (kind != PUT && kind != PUT_CREATED) {
      throw new IllegalArgumentException("kind " + kind);
    }
    long authorId = from.getLong();
    long attributes = from.getLong();
    long created = kind == PUT_CREATED ? from.getLong() : 0;
    byte[] topic = new byte[Short.toUnsignedInt(from.getShort())];
    from.get(topic);
    float[] vector = new float[dimension];
    from.asFloatBuffer().get(vector);
    from.position(from.position() + dimension * Float.BYTES);
    String text = new String(topic, StandardCharsets.UTF_8);
    return new Change.Put(new Post(postId, authorId, text, attributes, created), vector, 0);
  }
}
