package dev.phoenix.ops.gpu;

import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.lifecycle.Closer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A cache of the most recently used product plans by shape. It is bounded because the scores of a
 * batch are as wide as its candidates, so these shapes rarely recur.
 */
final class Plans implements AutoCloseable {
  private static final int MOST = 512;

  private final Engine engine;
  private final Map<MatmulShape, Matmul> plans = new LinkedHashMap<>(16, 0.75f, true);

  Plans(Engine engine) {
    this.engine = engine;
  }

  /** The plan of a shape; stays open until {@value MOST} others have been requested. */
  Matmul of(MatmulShape shape) {
    Matmul known = plans.get(shape);
    if (known != null) {
      return known;
    }
    if (plans.size() >= MOST) {
      closeOldest();
    }
    Matmul plan = engine.device().planMatmul(shape);
    plans.put(shape, plan);
    return plan;
  }

  /** Runs recorded commands and drops graphs first, because they may use the plan. */
  private void closeOldest() {
    engine.run();
    engine.graphs().forgetAll();
    Iterator<Matmul> oldest = plans.values().iterator();
    Matmul plan = oldest.next();
    oldest.remove();
    plan.close();
  }

  /** The number of open plans. */
  int count() {
    return plans.size();
  }

  @Override
  public void close() {
    List<Matmul> open = List.copyOf(plans.values());
    plans.clear();
    Closer.closeAll(open);
  }
}
