package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.kernels.TopKKernel;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Corpus scans on the device with a cached plan per size. The number of users is rounded up; added
 * users are zeros.
 */
final class Scans implements AutoCloseable {
  /** Bounded, because a corpus that grows or is compacted has a new size every time. */
  private static final int MAX_PLANS = 64;

  private final Engine engine;
  private final SequencedMap<TopKKernel.Size, Plan> plans = new LinkedHashMap<>();

  /** A planned scan, its scratch memory and the memory of its results: indices, then scores. */
  private record Plan(
      Closer owner, TopKKernel kernel, DeviceBuffer workspace, DeviceBuffer results) {}

  Scans(Engine engine) {
    this.engine = engine;
  }

  /** The {@code k} best entries by the scores computed on the device. */
  TopK scan(GpuCorpusIndex index, TopKQuery query, int k) {
    int entries = index.shape().rows();
    int columns = index.shape().columns();
    int users = RowBuckets.requests(query.count());
    Plan plan = plan(new TopKKernel.Size(users, entries, columns, k, index.type()));
    long half = (long) users * k * Integer.BYTES;
    long userBytes = (long) users * columns * Float.BYTES;
    engine.reserve(2 * userBytes + entries / 4 + 4096);
    Staging.Slot vectors = engine.stage(userBytes);
    vectors.host().fill((byte) 0);
    MemorySegment.copy(
        query.users(), 0, vectors.host(), ValueLayout.JAVA_FLOAT, 0, query.users().length);
    plan.kernel()
        .launch(
            engine.recorder(),
            new TopKKernel.Result(plan.results().slice(0, half), plan.results().slice(half, half)),
            vectors.device(),
            new TopKKernel.Corpus(index.memory(), mask(query, entries)),
            plan.workspace());
    return read(plan.results(), half, query.count(), k);
  }

  private TopK read(DeviceMemory results, long half, int users, int k) {
    int[] indices = new int[users * k];
    float[] scores = new float[users * k];
    MemorySegment found = engine.read(results);
    MemorySegment.copy(found, ValueLayout.JAVA_INT, 0, indices, 0, indices.length);
    MemorySegment.copy(found, ValueLayout.JAVA_FLOAT, half, scores, 0, scores.length);
    return new TopK(users, k, indices, scores);
  }

  private TopKKernel.@Nullable Mask mask(TopKQuery query, int entries) {
    long[] mask = query.mask();
    if (mask == null) {
      return null;
    }
    int words = Math.ceilDiv(entries, Long.SIZE);
    Staging.Slot slot = engine.stage((long) words * Long.BYTES);
    MemorySegment.copy(mask, 0, slot.host(), ValueLayout.JAVA_LONG, 0, words);
    return new TopKKernel.Mask(slot.device(), 0);
  }

  /** The plan of a size, created if missing; evicts the least recently used plan. */
  private Plan plan(TopKKernel.Size size) {
    Plan plan = plans.remove(size);
    if (plan == null) {
      while (plans.size() >= MAX_PLANS) {
        plans.pollFirstEntry().getValue().owner().close();
      }
      TopKKernel kernel = new TopKKernel(engine.library(), size);
      long resultBytes = 2L * size.users() * size.k() * Integer.BYTES;
      plan =
          Closer.open(
              owner ->
                  new Plan(
                      owner,
                      kernel,
                      engine.allocate(owner, kernel.workspaceBytes()),
                      engine.allocate(owner, resultBytes)));
    }
    plans.putLast(size, plan);
    return plan;
  }

  @Override
  public void close() {
    List<Closer> owners = plans.values().stream().map(Plan::owner).toList();
    plans.clear();
    Closer.closeAll(owners);
  }
}
