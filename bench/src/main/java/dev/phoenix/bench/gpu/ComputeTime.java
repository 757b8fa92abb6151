package dev.phoenix.bench.gpu;

import dev.phoenix.device.MatmulShape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The device's time for what a call computes, without copies from the host.
 *
 * @param whole of it
 * @param products the same products by themselves, one after the other; null where there are none
 * @param shapes of these products
 */
record ComputeTime(Timing whole, @Nullable Timing products, List<MatmulShape> shapes) {
  /** Buffers grow, plans and graphs are made, and then the same list comes again. */
  private static final int MAX_WARM_UPS = 8;

  /** Keeps a list of its own. */
  ComputeTime {
    shapes = List.copyOf(shapes);
  }

  /**
   * Times the graphs of a call.
   *
   * @throws IllegalStateException when the call does not settle on graphs
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
