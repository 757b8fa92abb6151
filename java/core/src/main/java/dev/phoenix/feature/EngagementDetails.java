package dev.phoenix.feature;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Optional details of a user's history beyond ids and actions, by engagement. Engagements past the
 * end of an array have unknown details. Source: docs/model.md#3-features.
 *
 * @param surfaces product surfaces; 0 where unknown; a surface outside the model's vocabulary adds
 *     nothing
 * @param dwellSeconds dwell times in seconds; 0 where unknown
 * @param userIpId 64-bit id of the IP address that the request comes from; 0 where unknown
 */
public record EngagementDetails(int[] surfaces, float[] dwellSeconds, long userIpId) {
  /** No details. */
  public static final EngagementDetails NONE = new EngagementDetails(new int[0], new float[0]);

  /** Details for a user whose IP address is unknown. */
  public EngagementDetails(int[] surfaces, float[] dwellSeconds) {
    this(surfaces, dwellSeconds, 0);
  }

  /** These details with the id of the user's IP address. */
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
