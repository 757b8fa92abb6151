package dev.phoenix.bench.gpu;

import java.util.List;

/**
 * The sizes of a run.
 *
 * @param copyBytes the size of the copy that measures bandwidth
 * @param productSize the size of the product that measures the tensor cores
 * @param rateSteps the steps of the chains that measure functions
 * @param mini the small model
 * @param production the large model
 * @param batches the batch sizes
 * @param corpora the corpora to search
 * @param users the numbers of users that search together
 * @param best the values of K
 * @param posts the number of posts encoded at a time
 * @param plan the number of samples
 */
record Scale(
    long copyBytes,
    int productSize,
    int rateSteps,
    ModelSize mini,
    ModelSize production,
    List<Integer> batches,
    List<Corpus> corpora,
    List<Integer> users,
    List<Integer> best,
    int posts,
    DeviceTimer.Plan plan) {

  private static final int RATE_BLOCKS = 8;

  /** Entries and their width, bfloat16. */
  record Corpus(int entries, int columns) {
    long byteSize() {
      return (long) entries * columns * Short.BYTES;
    }
  }

  /** The sizes of published reports. */
  static Scale full() {
    return new Scale(
        4L << 30,
        8192,
        4096,
        ModelSize.MINI,
        ModelSize.PRODUCTION,
        List.of(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
        List.of(
            new Corpus(537_000, 128), new Corpus(10_240_000, 128), new Corpus(10_240_000, 1024)),
        List.of(1, 16, 128, 256),
        List.of(200, 1000),
        65_536,
        DeviceTimer.Plan.full());
  }

  /** Some of the published sizes, with fewer samples. */
  static Scale quick() {
    Scale full = full();
    return new Scale(
        full.copyBytes,
        full.productSize,
        full.rateSteps,
        full.mini,
        full.production,
        List.of(1, 32, 256),
        full.corpora.subList(0, 2),
        List.of(1, 128),
        List.of(200),
        full.posts,
        DeviceTimer.Plan.quick());
  }

  /** Toy sizes for the emulated device: every step runs once. */
  static Scale rehearsal() {
    return new Scale(
        1 << 16,
        64,
        4,
        ModelSize.REHEARSAL,
        ModelSize.REHEARSAL_GROUPED,
        List.of(1, 2),
        List.of(new Corpus(600, 32)),
        List.of(1, 3),
        List.of(10),
        16,
        DeviceTimer.Plan.rehearsal());
  }

  boolean isRehearsal() {
    return mini == ModelSize.REHEARSAL;
  }

  int rateBlocks(int multiprocessors) {
    return isRehearsal() ? 1 : RATE_BLOCKS * multiprocessors;
  }
}
