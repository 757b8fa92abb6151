package dev.phoenix.feature;

/**
 * What a request may know of its user's history beyond ids and actions, engagement by engagement; a
 * later engagement than an array has is one of which nothing is known. Source: SPEC section 3.
 *
 * @param surfaces product surfaces; 0 where not known, and taken as 0 where the model has no such
 *     surface
 * @param dwellSeconds dwell times in seconds; 0 where not known
 */
public record EngagementDetails(int[] surfaces, float[] dwellSeconds) {
  /** Nothing is known. */
  public static final EngagementDetails NONE = new EngagementDetails(new int[0], new float[0]);

  int surface(int i, int surfaces) {
    int surface = i < this.surfaces.length ? this.surfaces[i] : 0;
    return surface >= 0 && surface < surfaces ? surface : 0;
  }

  float dwellSeconds(int i) {
    return i < dwellSeconds.length ? dwellSeconds[i] : 0;
  }
}
