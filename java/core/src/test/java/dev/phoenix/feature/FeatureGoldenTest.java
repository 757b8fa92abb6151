package dev.phoenix.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzFile;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.GoldenFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares ages, dwell times, positions and sizes with the reference's functions. */
class FeatureGoldenTest {
  @ParameterizedTest
  @ValueSource(ints = {7, 15, 60, 120})
  void agesFallIntoTheirBuckets(int granularity) {
    try (NpzFile file = GoldenFiles.open("components.npz")) {
      int[] shown = file.get("age_impr").toInts();
      int[] created = file.get("age_created").toInts();
      int[] buckets = file.get("age_bucket_" + granularity).toInts();
      for (int i = 0; i < shown.length; i++) {
        assertEquals(
            buckets[i],
            PostAge.bucket(shown[i], created[i], granularity),
            "shown %d, created %d".formatted(shown[i], created[i]));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 60, 4800})
  void theOldestPostsShareTheLastBucketOfTheTable(int granularity) {
    ModelConfig config = ConfigText.small().with("post_age_granularity_mins", granularity).parse();
    long created = 1_700_000_000L;
    long years = created + 1_000_000_000L;
    assertEquals(
        config.features().postAgeBuckets() - 1, PostAge.bucket(years, created, granularity));
    assertEquals(1, PostAge.bucket(created, created, granularity));
    assertEquals(0, PostAge.bucket(created, created + 1, granularity));
  }

  /**
   * Both sides are float32. They may differ by one ulp where the reference's compiler replaced a
   * division by a multiplication, and by three ulps where log1p is less exact.
   */
  @Test
  void dwellTimesAreClippedAndScaled() {
    try (NpzFile file = GoldenFiles.open("components.npz")) {
      assertNormalized(file, "norm_30_lin", new DwellTime(30, false));
      assertNormalized(file, "norm_10_lin", new DwellTime(10, false));
      assertNormalized(file, "norm_30_log", new DwellTime(30, true));
      assertNormalized(file, "norm_3600_log", new DwellTime(3600, true));
    }
  }

  private static void assertNormalized(NpzFile file, String name, DwellTime dwellTime) {
    float[] seconds = file.get("norm_values").toFloats();
    float[] expected = file.get(name).toFloats();
    for (int i = 0; i < seconds.length; i++) {
      float allowed = (dwellTime.logarithmic() ? 3 : 1) * Math.ulp(expected[i]);
      assertEquals(expected[i], dwellTime.normalize(seconds[i]), allowed, name + " " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 8})
  void rightAnchoredPositionsCountBackFromTheEndOfTheHistory(int historyLength) {
    try (NpzFile file = GoldenFiles.open("components.npz")) {
      boolean[] valid = file.get("rope_mask").toBooleans();
      float[] expected = file.get("rope_positions_h" + historyLength + "_p1").toFloats();
      int length = 12;
      Positions positions = new Positions(historyLength, length - 1 - historyLength, true);
      for (int request = 0; request < valid.length / length; request++) {
        int posts = 0;
        for (int i = 0; i < historyLength; i++) {
          posts += valid[request * length + 1 + i] ? 1 : 0;
        }
        for (int t = 0; t < length; t++) {
          int at = request * length + t;
          if (valid[at] || t > historyLength) {
            assertEquals(expected[at], position(positions, t, posts, valid[at]));
          }
        }
      }
    }
  }

  private static int position(Positions positions, int t, int posts, boolean valid) {
    if (t == 0) {
      return positions.user();
    }
    int s = positions.historyLength();
    return t <= s ? positions.history(t - 1, posts) : positions.candidate(t - 1 - s, valid);
  }

  @Test
  void plainPositionsAreIndicesAndCandidatesRepeatAfterTheirSlots() {
    Positions positions = new Positions(5, 3, false);
    assertEquals(0, positions.user());
    assertEquals(1, positions.history(0, 2));
    assertEquals(5, positions.history(4, 2));
    assertEquals(6, positions.candidate(0, true));
    assertEquals(8, positions.candidate(2, false));
    assertEquals(6, positions.candidate(3, true));
    assertEquals(7, positions.candidate(100, true));
  }

  @Test
  void feedForwardSizesAreTwoThirdsOfTheWidenedUpToAMultipleOfEight() {
    try (NpzFile file = GoldenFiles.open("components.npz")) {
      long[] widths = file.get("ffn_emb").toLongs();
      for (String widening : new String[] {"2.0", "4.0", "2.5"}) {
        long[] sizes = file.get("ffn_size_" + widening).toLongs();
        for (int i = 0; i < widths.length; i++) {
          ConfigText config = ConfigText.small().with("emb_size", widths[i]);
          assertEquals(
              sizes[i], config.with("widening_factor", widening).parse().transformer().ffnSize());
        }
      }
    }
  }
}
