package dev.phoenix.ops.gpu;

import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.TopKKernel;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;

/**
 * The K best entries of a corpus. For a float32 corpus, the result is that of the scan. A bfloat16
 * corpus is scanned for more than K entries, which are scored exactly on the host. If another entry
 * could still belong to the K best, the scan is repeated for more entries.
 */
final class TopKWork implements AutoCloseable {
  private static final int SPARE = 64;

  private final Scans scans;

  TopKWork(Engine engine) {
    this.scans = new Scans(engine);
  }

  TopK run(GpuCorpusIndex index, TopKQuery query) {
    requireFit(index, query);
    if (query.hides()) {
      return new HidingScans(index.shape().rows(), shared -> visible(index, shared)).run(query);
    }
    return visible(index, query);
  }

  /** Searches without hidden entries of single users. */
  private TopK visible(GpuCorpusIndex index, TopKQuery query) {
    int entries = index.shape().rows();
    int k = Math.min(query.k(), entries);
    if (query.count() == 0 || k == 0) {
      int size = query.count() * k;
      return new TopK(query.count(), k, new int[size], new float[size]);
    }
    if (index.type() == ElementType.F32 && k <= TopKKernel.MAX_K) {
      return scans.scan(index, query, k);
    }
    Rescoring rescoring = Rescoring.of(index, query, k);
    int most = Math.min(entries, TopKKernel.MAX_K);
    int width = Math.min(most, 2 * k + SPARE);
    boolean wider = k <= most;
    while (wider) {
      TopK exact = rescoring.best(scans.scan(index, query, width));
      if (exact != null) {
        return exact;
      }
      wider = width < most;
      width = Math.min(most, 4 * width);
    }
    return rescoring.bestOfAll();
  }

  private static void requireFit(GpuCorpusIndex index, TopKQuery query) {
    int columns = index.shape().columns();
    if (query.users().length != query.count() * columns) {
      throw new IllegalArgumentException(
          "%d users of a corpus %s take %d values, found %d"
              .formatted(
                  query.count(), index.shape(), query.count() * columns, query.users().length));
    }
    long[] mask = query.mask();
    int words = Math.ceilDiv(index.shape().rows(), Long.SIZE);
    if (mask != null && mask.length < words) {
      throw new IllegalArgumentException(
          "a mask of %d entries takes %d words, found %d"
              .formatted(index.shape().rows(), words, mask.length));
    }
  }

  @Override
  public void close() {
    scans.close();
  }
}
