package dev.phoenix.ops.gpu;

import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.lifecycle.Closer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Plans of products by their shape, the most recently used ones: scores of a batch are as wide as
 * it has candidates, so their shapes do not come again.
 */
final class Plans implements AutoCloseable {
  private static final int MOST = 512;

  private final Engine engine;
  private final Map<MatmulShape, Matmul> plans = new LinkedHashMap<>(16, 0.75f, true);

  Plans(Engine engine) {
    this.engine = engine;
  }

  /** The plan of a shape; open until {@value MOST} others have been asked for. */
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

  /** What was recorded or captured may still use it. */
  private void closeOldest() {
    engine.run();
    engine.graphs().forgetAll();
    Iterator<Matmul> oldest = plans.values().iterator();
    Matmul plan = oldest.next();
    oldest.remove();
    plan.close();
  }

  /** The plans that are open. */
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
