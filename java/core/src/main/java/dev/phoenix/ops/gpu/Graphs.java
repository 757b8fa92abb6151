package dev.phoenix.ops.gpu;

import dev.phoenix.device.Graph;
import dev.phoenix.device.Stream;
import dev.phoenix.lifecycle.Closer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs lists of commands: the first time one by one, which also loads and plans what is lazy, the
 * second time captured as a graph, from then on as that graph. The list itself is the key, so a
 * graph is never replayed for anything but the very same work.
 */
final class Graphs implements AutoCloseable {
  /** Enough for a few lists of every size that batches are rounded up to. */
  private static final int MOST = 256;

  private final Stream stream;
  private final Map<List<Command>, Optional<Graph>> known = new LinkedHashMap<>(16, 0.75f, true);
  private long replays;
  private long prepared;

  Graphs(Stream stream) {
    this.stream = stream;
  }

  /** How often a graph has been replayed. */
  long replays() {
    return replays;
  }

  /** How often a list ran that was not yet a graph. */
  long prepared() {
    return prepared;
  }

  /** Puts the commands on the stream. */
  void run(List<Command> commands) {
    Optional<Graph> graph = known.get(commands);
    if (graph == null) {
      prepared++;
      commands.forEach(command -> command.run(stream));
      forgetOldest();
      known.put(List.copyOf(commands), Optional.empty());
      return;
    }
    Graph ready = graph.orElseGet(() -> capture(commands));
    stream.launch(ready);
    replays++;
  }

  private Graph capture(List<Command> commands) {
    prepared++;
    stream.beginCapture();
    try {
      commands.forEach(command -> command.run(stream));
    } catch (RuntimeException | Error failed) {
      Closer capture = new Closer();
      capture.own(() -> stream.endCapture().close());
      capture.closeAfter(failed);
      throw failed;
    }
    Graph graph = stream.endCapture();
    known.put(List.copyOf(commands), Optional.of(graph));
    return graph;
  }

  private void forgetOldest() {
    if (known.size() < MOST) {
      return;
    }
    Iterator<Optional<Graph>> oldest = known.values().iterator();
    Optional<Graph> graph = oldest.next();
    oldest.remove();
    stream.synchronize();
    graph.ifPresent(Graph::close);
  }

  /** Closes every graph: memory that they use is going away. The stream is idle. */
  void forgetAll() {
    List<Graph> graphs = known.values().stream().flatMap(Optional::stream).toList();
    known.clear();
    Closer.closeAll(graphs);
  }

  @Override
  public void close() {
    forgetAll();
  }
}
