package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.TopKKernel;
import dev.phoenix.kernels.reference.TopKReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cases of {@code top_k} and {@code top_k_merge}. Scores are whole numbers, exact in float32, so
 * that sets and order can be compared exactly.
 */
final class TopKCases {
  private static final List<String> KERNELS = List.of("top_k", "top_k_merge");
  private static final int TILE = 256;

  private TopKCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (ElementType type : ElementType.values()) {
      for (int entries : new int[] {1, 31, 32, 33, 255, 256, 257, 600}) {
        cases.add(of(new TopKKernel.Size(1, entries, 16, 10, type)));
      }
      for (int columns : new int[] {1, 7, 31, 32, 33, 65, 128, 200}) {
        cases.add(of(new TopKKernel.Size(2, 300, columns, 33, type)));
      }
    }
    for (int users : new int[] {2, 15, 16, 17}) {
      cases.add(of(new TopKKernel.Size(users, 700, 24, 31, ElementType.BF16)));
    }
    for (int k : new int[] {1, 255, 256, 257, 1024, 1025, 2047, 2048}) {
      cases.add(of(new TopKKernel.Size(1, 1500, 8, k, ElementType.F32)));
    }
    // Enough for several rounds of the merge.
    for (int k : new int[] {200, 1000}) {
      cases.add(of(new TopKKernel.Size(1, 3000, 8, k, ElementType.F32)));
    }
    cases.addAll(TopKEdgeCases.all());
    return cases;
  }

  /** Random whole numbers. */
  public static KernelCase of(TopKKernel.Size size) {
    return named(name(size), (bench, numbers) -> prepare(bench, Scan.random(numbers, size)));
  }

  static KernelCase named(String name, KernelCase.Preparer preparer) {
    return new KernelCase(KERNELS, name, preparer);
  }

  static String name(TopKKernel.Size size) {
    return "%d of %d x %d, %d users, %s"
        .formatted(size.k(), size.entries(), size.columns(), size.users(), size.corpusType());
  }

  /**
   * The inputs of a scan.
   *
   * @param users [users, D]
   * @param corpus [N, D]
   * @param open users * N flags, or N for all users; null: every entry may be retrieved
   */
  record Scan(TopKKernel.Size size, float[] users, float[] corpus, boolean @Nullable [] open) {
    static Scan random(Numbers numbers, TopKKernel.Size size) {
      return new Scan(
          size,
          numbers.wholeNumbers(size.users() * size.columns()),
          numbers.wholeNumbers(size.entries() * size.columns()),
          null);
    }

    /** The entries that one user may retrieve. */
    private boolean[] openTo(int user) {
      if (open == null) {
        boolean[] all = new boolean[size.entries()];
        Arrays.fill(all, true);
        return all;
      }
      int from = open.length == size.entries() ? 0 : user * size.entries();
      return Arrays.copyOfRange(open, from, from + size.entries());
    }

    /** The expected result, padded with index -1 and score -infinity. */
    TopKReference.Result expected() {
      int[] indices = new int[size.users() * size.k()];
      float[] scores = new float[indices.length];
      Arrays.fill(indices, -1);
      Arrays.fill(scores, Float.NEGATIVE_INFINITY);
      for (int user = 0; user < size.users(); user++) {
        int from = user * size.columns();
        float[] vector = Arrays.copyOfRange(users, from, from + size.columns());
        TopKReference.Result best = TopKReference.apply(vector, corpus, openTo(user), size.k());
        System.arraycopy(best.indices(), 0, indices, user * size.k(), best.indices().length);
        System.arraycopy(best.scores(), 0, scores, user * size.k(), best.scores().length);
      }
      return new TopKReference.Result(indices, scores);
    }
  }

  /** Prepares this scan on a device. */
  static PreparedCase prepare(Workbench bench, Scan scan) {
    TopKKernel.Size size = scan.size();
    TopKKernel kernel = new TopKKernel(bench.library(), size);
    int results = size.users() * size.k();
    var result =
        new TopKKernel.Result(bench.emptyIntegers(results), bench.empty(ElementType.F32, results));
    DeviceMemory users = bench.floats(scan.users());
    var corpus =
        new TopKKernel.Corpus(bench.typed(size.corpusType(), scan.corpus()), mask(bench, scan));
    DeviceMemory workspace = bench.filled(kernel.workspaceBytes());
    long products = (long) size.users() * scan.corpus().length;
    long read = (long) scan.corpus().length * size.corpusType().byteSize();
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), result, users, corpus, workspace),
        List.of(
            Output.integers("indices", result.indices(), () -> scan.expected().indices()),
            Output.of(
                "scores",
                Format.FLOAT32,
                result.scores(),
                Tolerance.EXACT,
                () -> scan.expected().scores())),
        Work.moving(read + 4L * scan.users().length + 8L * results).withFlops(2 * products));
  }

  private static TopKKernel.@Nullable Mask mask(Workbench bench, Scan scan) {
    boolean[] open = scan.open();
    if (open == null) {
      return null;
    }
    int entries = scan.size().entries();
    int words = Math.ceilDiv(entries, Integer.SIZE);
    int[] bits = new int[open.length / entries * words];
    for (int i = 0; i < open.length; i++) {
      int entry = i % entries;
      bits[i / entries * words + entry / Integer.SIZE] |= open[i] ? 1 << entry : 0;
    }
    return new TopKKernel.Mask(bench.integers(bits), open.length == entries ? 0 : words);
  }

  /** Entries of a tile. */
  static int tile() {
    return TILE;
  }
}
