package dev.phoenix.bench.gpu;

import dev.phoenix.device.Graph;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.Stream;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Records captured graphs, and those that were launched since {@link #restart}. */
final class Trace {
  private final IdentityHashMap<Graph, Captured> graphs = new IdentityHashMap<>();
  private final List<Captured> launched = new ArrayList<>();
  private @Nullable Captured open;
  private int apart;

  /** The operations of a graph, and the bytes that it copies from the host. */
  private static final class Captured {
    private final List<Consumer<Stream>> operations = new ArrayList<>();
    private final List<Product> products = new ArrayList<>();
    private long uploadBytes;
  }

  /** A matrix product of a graph, which can be run alone. */
  record Product(MatmulShape shape, Consumer<Stream> operation) {}

  Trace() {}

  /** Clears the list of launched graphs. */
  void restart() {
    launched.clear();
    apart = 0;
  }

  void captureBegins() {
    open = new Captured();
  }

  void captured(Graph graph) {
    Captured done = open;
    open = null;
    if (done != null) {
      graphs.put(graph, done);
    }
  }

  void performed(Consumer<Stream> operation) {
    Captured capture = open;
    if (capture == null) {
      apart++;
    } else {
      capture.operations.add(operation);
    }
  }

  /** Records a product, which {@link #performed} has recorded as an operation too. */
  void multiplied(Product product) {
    Captured capture = open;
    if (capture != null) {
      capture.products.add(product);
    }
  }

  /** The products of the graphs since {@link #restart}, in order. */
  List<Product> products() {
    return launched.stream().flatMap(graph -> graph.products.stream()).toList();
  }

  void uploaded(long bytes) {
    Captured capture = open;
    if (capture != null) {
      capture.uploadBytes += bytes;
    }
  }

  void launched(Graph graph) {
    Captured known = graphs.get(graph);
    if (known != null) {
      launched.add(known);
    }
  }

  /** Whether everything since {@link #restart} ran as graphs. */
  boolean isAllGraphs() {
    return apart == 0 && !launched.isEmpty();
  }

  /** Bytes that the graphs since {@link #restart} copied from the host. */
  long uploadBytes() {
    return launched.stream().mapToLong(graph -> graph.uploadBytes).sum();
  }

  /** Kernels, products and copies of the graphs since {@link #restart}. */
  int operations() {
    return launched.stream().mapToInt(graph -> graph.operations.size()).sum();
  }

  /** Replays the operations since {@link #restart} on a stream, without copies from the host. */
  void replay(Stream stream) {
    for (Captured graph : launched) {
      graph.operations.forEach(operation -> operation.accept(stream));
    }
  }
}
