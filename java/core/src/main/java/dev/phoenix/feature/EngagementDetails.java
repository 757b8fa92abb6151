package dev.phoenix.feature;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a request may know of its user's history beyond ids and actions, engagement by engagement; a
 * later engagement than an array has is one of which nothing is known. Source:
 * docs/model.md#3-features.
 *
 * @param surfaces product surfaces; 0 where not known; one that the model does not have adds
 *     nothing
 * @param dwellSeconds dwell times in seconds; 0 where not known
 * @param userIpId 64-bit id of the address that the user's request comes from; 0 where not known
 */
public record EngagementDetails(int[] surfaces, float[] dwellSeconds, long userIpId) {
  /** Nothing is known. */
  public static final EngagementDetails NONE = new EngagementDetails(new int[0], new float[0]);

  /** Details of engagements by a user whose address is not known. */
  public EngagementDetails(int[] surfaces, float[] dwellSeconds) {
    this(surfaces, dwellSeconds, 0);
  }

  /** The same with the address of the user. */
  public EngagementDetails withUserIpId(long id) {
    return new EngagementDetails(surfaces, dwellSeconds, id);
  }

  /** The details of the engagements of {@code window}, the first of which becomes engagement 0. */
  public EngagementDetails part(HistoryWindow window) {
    int from = window.from();
    int to = window.to();
    return new EngagementDetails(
        Arrays.copyOfRange(
            surfaces, Math.min(from, surfaces.length), Math.min(to, surfaces.length)),
        Arrays.copyOfRange(
            dwellSeconds, Math.min(from, dwellSeconds.length), Math.min(to, dwellSeconds.length)),
        userIpId);
  }

  int surface(int i) {
    return i < surfaces.length ? surfaces[i] : 0;
  }

  float dwellSeconds(int i) {
    return i < dwellSeconds.length ? dwellSeconds[i] : 0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EngagementDetails that
        && Arrays.deepEquals(components(), that.components());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(components());
  }

  private Object[] components() {
    return new Object[] {surfaces, dwellSeconds, userIpId};
  }
}
