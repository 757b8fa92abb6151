package dev.phoenix.kernels.check;

import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.TopKKernel;
import dev.phoenix.kernels.check.TopKCases.Scan;
import java.util.ArrayList;
import java.util.List;

/** Ties, masks, NaN, and lists that a block has to compact. */
final class TopKEdgeCases {
  /** Order of the good entries of a long list. */
  private enum Order {
    ASCENDING,
    DESCENDING,
    RANDOM
  }

  private TopKEdgeCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (Order order : Order.values()) {
      cases.add(
          TopKCases.named(
              "long lists, " + order.name().toLowerCase(java.util.Locale.ROOT),
              (bench, numbers) -> longLists(bench, numbers, order)));
    }
    for (int different : new int[] {1, 7}) {
      cases.add(
          TopKCases.named(
              "5000 entries with " + different + " different scores",
              (bench, numbers) -> ties(bench, different)));
    }
    for (int masks : new int[] {1, 3}) {
      TopKKernel.Size size = new TopKKernel.Size(3, 333, 8, 200, ElementType.F32);
      cases.add(
          TopKCases.named(
              "3 users, " + masks + " masks",
              (bench, numbers) -> {
                Scan scan = Scan.random(numbers, size);
                boolean[] open = numbers.mostly(masks * size.entries(), 2);
                return TopKCases.prepare(bench, new Scan(size, scan.users(), scan.corpus(), open));
              }));
    }
    cases.add(TopKCases.named("nothing open", (bench, numbers) -> nothingOpen(bench, numbers)));
    cases.add(TopKCases.named("NaN and infinity", (bench, numbers) -> extremes(bench)));
    return cases;
  }

  /**
   * All good entries are in the tiles of one block, so that its list fills up and is compacted to
   * K.
   */
  private static PreparedCase longLists(Workbench bench, Numbers numbers, Order order) {
    int tile = TopKCases.tile();
    int slices = 2 * bench.library().device().properties().multiprocessors();
    int[] random = numbers.integers(12 * tile, 0, 1_000_000);
    var size = new TopKKernel.Size(1, 12 * slices * tile, 1, 200, ElementType.F32);
    float[] corpus = new float[size.entries()];
    for (int i = 0; i < random.length; i++) {
      int score =
          switch (order) {
            case ASCENDING -> random.length + i;
            case DESCENDING -> random.length - i;
            case RANDOM -> random.length + random[i];
          };
      corpus[i / tile * slices * tile + i % tile] = 1 + score;
    }
    return TopKCases.prepare(bench, new Scan(size, new float[] {1}, corpus, null));
  }

  private static PreparedCase ties(Workbench bench, int different) {
    var size = new TopKKernel.Size(1, 5000, 4, 100, ElementType.BF16);
    float[] corpus = new float[size.entries() * 4];
    for (int i = 0; i < corpus.length; i += 4) {
      corpus[i] = i / 4 % different;
    }
    return TopKCases.prepare(bench, new Scan(size, new float[] {1, 2, 3, 4}, corpus, null));
  }

  private static PreparedCase nothingOpen(Workbench bench, Numbers numbers) {
    var size = new TopKKernel.Size(2, 100, 8, 20, ElementType.BF16);
    Scan scan = Scan.random(numbers, size);
    return TopKCases.prepare(
        bench, new Scan(size, scan.users(), scan.corpus(), new boolean[size.entries()]));
  }

  /** Masked entries score -1e12, which is better than -1e13; NaN is last. */
  private static PreparedCase extremes(Workbench bench) {
    float[] corpus = {1, Float.NaN, Float.NEGATIVE_INFINITY, 3, Float.POSITIVE_INFINITY, -1e13f};
    var size = new TopKKernel.Size(1, 6, 1, 8, ElementType.F32);
    boolean[] open = {true, true, true, false, true, true};
    return TopKCases.prepare(bench, new Scan(size, new float[] {1}, corpus, open));
  }
}
