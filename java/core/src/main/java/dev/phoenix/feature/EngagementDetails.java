package dev.phoenix.feature;

import java.util.Arrays;

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

  /** The details of the engagements of {@code window}, the first of which becomes engagement 0. */
  public EngagementDetails part(HistoryWindow window) {
    int from = window.from();
    int to = window.to();
    return new EngagementDetails(
        Arrays.copyOfRange(
            surfaces, Math.min(from, surfaces.length), Math.min(to, surfaces.length)),
        Arrays.copyOfRange(
            dwellSeconds, Math.min(from, dwellSeconds.length), Math.min(to, dwellSeconds.length)));
  }

  int surface(int i, int surfaces) {
    int surface = i < this.surfaces.length ? this.surfaces[i] : 0;
    return surface >= 0 && surface < surfaces ? surface : 0;
  }

  float dwellSeconds(int i) {
    return i < dwellSeconds.length ? dwellSeconds[i] : 0;
  }
}
