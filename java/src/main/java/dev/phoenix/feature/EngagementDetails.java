package dev.phoenix.feature;

/**
 * What a request may know of its user's history beyond ids and actions, engagement by engagement; a
 * later engagement than an array has is one of which nothing is known. Source: SPEC section 3.
 *
 * @param surfaces product surfaces; 0 where not known; one that the model does not have adds
 *     nothing
 * @param dwellSeconds dwell times in seconds; 0 where not known
 */
public record EngagementDetails(int[] surfaces, float[] dwellSeconds) {
  /** Nothing is known. */
  public static final EngagementDetails NONE = new EngagementDetails(new int[0], new float[0]);

  int surface(int i) {
    return i < surfaces.length ? surfaces[i] : 0;
  }

  float dwellSeconds(int i) {
    return i < dwellSeconds.length ? dwellSeconds[i] : 0;
  }
}
