package dev.phoenix.serving;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.feature.EngagementDetails;
import dev.phoenix.feature.FlatHistory;
import dev.phoenix.feature.HistoryCut;
import dev.phoenix.feature.HistoryWindow;
import dev.phoenix.serving.Rejection.Reason;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

/**
 * A user and the part of the user's history that a model reads, with the posts of all of it. {@link
 * UserHistoryBuilder} makes one while a request is decoded.
 *
 * @param history the events from {@code from} on
 * @param from index of the first of these among the events of the request
 * @param seen the posts of all events of the request; let go when the request is queued
 */
public record UserHistory(FlatHistory history, int from, int events, SeenPosts seen) {
  public UserHistory {
    if (from < 0 || from + history.length() > events) {
      throw new IllegalArgumentException(
          "%d engagements from %d on of a history of %d".formatted(history.length(), from, events));
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
    UserHistoryBuilder builder = new UserHistoryBuilder(HistoryCut.ALL);
    int[] surfaces = details.surfaces();
    float[] dwell = details.dwellSeconds();
    for (int i = 0; i < sequence.history().size(); i++) {
      Engagement engagement = sequence.history().get(i);
      for (Map.Entry<Integer, Float> action : engagement.actions().entrySet()) {
        builder.action(action.getKey(), action.getValue());
      }
      builder.event(
          engagement.postId(),
          engagement.authorId(),
          i < surfaces.length ? surfaces[i] : 0,
          i < dwell.length ? dwell[i] : 0);
    }
    return builder.build(sequence.userId(), details.userIpId());
  }

  /** The number of engagements in this history. */
  public int length() {
    return history.length();
  }

  /** Whether engagements of the request were cut off. */
  public boolean isCut() {
    return length() < events;
  }

  /**
   * The part of this history that {@code cut} selects from all events of the request, without the
   * posts of the rest.
   *
   * @throws Rejection if the request was decoded for a model that reads less
   */
  UserHistory cut(HistoryCut cut) {
    HistoryWindow wanted = cut.window(events);
    if (wanted.from() < from || wanted.to() > from + length()) {
      throw new Rejection(
          Reason.LOADING, "the model was replaced while the request was read; send it again");
    }
    return new UserHistory(
        history.part(new HistoryWindow(wanted.from() - from, wanted.to() - from)),
        wanted.from(),
        events,
        SeenPosts.NONE);
  }

  /** The bytes that this history takes on the heap, roughly. */
  long bytes() {
    return history.bytes() + seen.bytes();
  }

  /**
   * The key of the kept history: the hash of the contents. Histories that are equal after the cut
   * have the same key.
   */
  Key key() {
    EngagementDetails details = history.details();
    int floats = details.surfaces().length + details.dwellSeconds().length;
    ByteBuffer bytes =
        ByteBuffer.allocate(
            Math.addExact(
                28 + 20 * history.length(),
                Math.multiplyExact(8, history.actions()) + 8 + 4 * floats));
    bytes.putLong(history.userId()).putLong(details.userIpId()).putInt(history.length());
    for (int i = 0; i < history.length(); i++) {
      bytes.putLong(history.postId(i)).putLong(history.authorId(i));
      bytes.putInt(history.endOfActions(i) - history.firstAction(i));
      for (int at = history.firstAction(i); at < history.endOfActions(i); at++) {
        bytes.putInt(history.index(at)).putFloat(history.value(at));
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
