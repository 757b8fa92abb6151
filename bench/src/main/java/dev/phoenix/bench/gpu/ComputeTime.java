package dev.phoenix.bench.gpu;

import dev.phoenix.bench.report.Timing;
import dev.phoenix.device.MatmulShape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The device time of a call's computation, without copies from the host.
 *
 * @param whole the time of the whole computation
 * @param products the time of its matrix products alone, one after the other; null if it has none
 * @param shapes the shapes of the matrix products
 */
record ComputeTime(Timing whole, @Nullable Timing products, List<MatmulShape> shapes) {
  /** Calls until buffers, plans and graphs exist and the call repeats the same graphs. */
  private static final int MAX_WARM_UPS = 8;

  /** Copies the list. */
  ComputeTime {
    shapes = List.copyOf(shapes);
  }

  /**
   * Times the graphs of a call.
   *
   * @throws IllegalStateException if the call still runs work outside of graphs after the warm-up
   */
  static ComputeTime of(Session session, Runnable call) {
    Trace trace = session.device().trace();
    DeviceTimer timer = session.timer();
    for (int i = 0; i < MAX_WARM_UPS; i++) {
      trace.restart();
      call.run();
      if (i > 0 && trace.isAllGraphs()) {
        Timing whole = timer.warm(() -> trace.replay(timer.stream()));
        List<Trace.Product> products = trace.products();
        Timing alone =
            products.isEmpty()
                ? null
                : timer.warm(() -> products.forEach(p -> p.operation().accept(timer.stream())));
        return new ComputeTime(whole, alone, products.stream().map(Trace.Product::shape).toList());
      }
    }
    throw new IllegalStateException(
        "a call still runs outside of graphs after %d times".formatted(MAX_WARM_UPS));
  }
}
