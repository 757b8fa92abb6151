package dev.phoenix.serving;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.feature.EngagementDetails;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

/**
 * A user and the user's history as a request gives them.
 *
 * @param sequence the user, and posts with actions, in order
 * @param details what else is known of the engagements
 * @param key what the contents hash to: the name of what is kept of this history
 */
public record UserHistory(UserSequence sequence, EngagementDetails details, Key key) {
  /**
   * SHA-256 of a history's contents. Two histories of one key are the same history: whoever could
   * make others of the same key could have scores of one user answered to another.
   */
  public record Key(long a, long b, long c, long d) {}

  /** A history of which nothing but ids and actions is known. */
  public static UserHistory of(UserSequence sequence) {
    return of(sequence, EngagementDetails.NONE);
  }

  /** A history and what else is known of its engagements. */
  public static UserHistory of(UserSequence sequence, EngagementDetails details) {
    return new UserHistory(sequence, details, keyOf(sequence, details));
  }

  private static Key keyOf(UserSequence sequence, EngagementDetails details) {
    int actions = 0;
    for (Engagement engagement : sequence.history()) {
      actions += engagement.actions().size();
    }
    int count = sequence.history().size();
    int floats = details.surfaces().length + details.dwellSeconds().length;
    ByteBuffer bytes =
        ByteBuffer.allocate(
            Math.addExact(20 + 20 * count, Math.multiplyExact(8, actions) + 8 + 4 * floats));
    bytes.putLong(sequence.userId()).putInt(count);
    for (Engagement engagement : sequence.history()) {
      bytes.putLong(engagement.postId()).putLong(engagement.authorId());
      bytes.putInt(engagement.actions().size());
      for (Map.Entry<Integer, Float> action : engagement.actions().entrySet()) {
        bytes.putInt(action.getKey()).putFloat(action.getValue());
      }
    }
    bytes.putInt(details.surfaces().length);
    for (int surface : details.surfaces()) {
      bytes.putInt(surface);
    }
    bytes.putInt(details.dwellSeconds().length);
    for (float seconds : details.dwellSeconds()) {
      bytes.putFloat(seconds);
    }
    ByteBuffer hash = ByteBuffer.wrap(sha256(bytes));
    return new Key(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
  }

  private static byte[] sha256(ByteBuffer bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes.flip());
      return digest.digest();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}
