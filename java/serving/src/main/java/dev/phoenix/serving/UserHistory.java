package dev.phoenix.serving;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.feature.EngagementDetails;
import dev.phoenix.feature.HistoryWindow;
import dev.phoenix.serving.Rejection.Reason;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;

/**
 * A user and the user's history, whole as in the request or cut to the part that a model reads.
 *
 * @param sequence the user, and posts with actions, in order
 * @param details further details of the engagements
 * @param events the number of engagements in the request, of which {@code sequence} has all or a
 *     part
 */
public record UserHistory(UserSequence sequence, EngagementDetails details, int events) {
  public UserHistory {
    if (sequence.history().size() > events) {
      throw new IllegalArgumentException(
          "%d engagements of a history of %d".formatted(sequence.history().size(), events));
    }
  }

  /**
   * The SHA-256 of a history's contents. Histories with equal keys are treated as equal. A
   * cryptographic hash is needed: a forged collision would return scores of another user.
   */
  public record Key(long a, long b, long c, long d) {}

  /** Creates a history with ids and actions only. */
  public static UserHistory of(UserSequence sequence) {
    return of(sequence, EngagementDetails.NONE);
  }

  /**
   * Creates a history with further details of its engagements.
   *
   * @throws Rejection if a value of an action is so large that the model could not compute with it,
   *     or a dwell time is not finite
   */
  public static UserHistory of(UserSequence sequence, EngagementDetails details) {
    requireValues(sequence, details);
    return new UserHistory(sequence, details, sequence.history().size());
  }

  private static void requireValues(UserSequence sequence, EngagementDetails details) {
    List<Engagement> history = sequence.history();
    for (int i = 0; i < history.size(); i++) {
      for (Map.Entry<Integer, Float> action : history.get(i).actions().entrySet()) {
        float value = action.getValue();
        if (!(Math.abs(value) <= UserSequence.MAX_ACTION_VALUE)) {
          throw new Rejection(
              Reason.INVALID,
              "history[%d].actions[%d]: expected a value from %.0e to %.0e, found %s"
                  .formatted(
                      i,
                      action.getKey(),
                      -UserSequence.MAX_ACTION_VALUE,
                      UserSequence.MAX_ACTION_VALUE,
                      value));
        }
      }
    }
    for (int i = 0; i < details.dwellSeconds().length; i++) {
      float seconds = details.dwellSeconds()[i];
      if (!Float.isFinite(seconds)) {
        throw new Rejection(
            Reason.INVALID,
            "history[%d]: expected a finite dwell time in seconds, found %s".formatted(i, seconds));
      }
    }
  }

  /** The number of engagements in this history. */
  public int length() {
    return sequence.history().size();
  }

  /** Whether engagements of the request were cut off. */
  public boolean isCut() {
    return length() < events;
  }

  /** The part of this history in {@code window}. */
  UserHistory cut(HistoryWindow window) {
    if (window.length() == length()) {
      return this;
    }
    List<Engagement> kept = List.copyOf(sequence.history().subList(window.from(), window.to()));
    return new UserHistory(new UserSequence(sequence.userId(), kept), details.part(window), events);
  }

  /**
   * The key of the kept history: the hash of the contents. Histories that are equal after the cut
   * have the same key.
   */
  Key key() {
    int actions = 0;
    for (Engagement engagement : sequence.history()) {
      actions += engagement.actions().size();
    }
    int count = sequence.history().size();
    int floats = details.surfaces().length + details.dwellSeconds().length;
    ByteBuffer bytes =
        ByteBuffer.allocate(
            Math.addExact(28 + 20 * count, Math.multiplyExact(8, actions) + 8 + 4 * floats));
    bytes.putLong(sequence.userId()).putLong(details.userIpId()).putInt(count);
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
