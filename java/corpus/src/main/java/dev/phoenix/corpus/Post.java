package dev.phoenix.corpus;

import dev.phoenix.feature.PostAge;

/**
 * A post of a live corpus.
 *
 * @param id 64 bits, unsigned; not 0, which means padding in the models
 * @param authorId 64 bits, unsigned
 * @param topic at most 255 characters; empty where there is none
 * @param attributes 64 bits with a meaning defined by the publisher, for {@link Filter}
 * @param created creation time in seconds since the epoch; 0 where unknown
 */
public record Post(long id, long authorId, String topic, long attributes, long created) {
  static final int MAX_CHARACTERS = 255;

  public Post {
    PostAge.requireTime("created", created);
    if (id == 0) {
      throw new IllegalArgumentException("expected a post id other than 0, found 0");
    }
    if (topic.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "expected a topic of at most %d characters, found %d"
              .formatted(MAX_CHARACTERS, topic.length()));
    }
    boolean printable =
        topic
            .codePoints()
            .allMatch(
                c ->
                    !Character.isISOControl(c)
                        && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE));
    if (!printable) {
      throw new IllegalArgumentException(
          "expected a topic of printable characters for post " + Long.toUnsignedString(id));
    }
  }

  /** A post without topic and attributes. */
  public static Post of(long id, long authorId) {
    return new Post(id, authorId, "", 0);
  }

  /** A post with an unknown creation time. */
  public Post(long id, long authorId, String topic, long attributes) {
    this(id, authorId, topic, attributes, 0);
  }
}
