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
 * Runs lists of commands. The first run of a list executes the commands one by one, which also
 * triggers lazy loading and planning. The second run captures a graph, and later runs replay it.
 * The list itself is the key, so a graph is replayed for exactly the same work only.
 */
final class Graphs implements AutoCloseable {
  /** Enough for a few lists per rounded batch size. */
  private static final int MOST = 256;

  private final Stream stream;
  private final Map<List<Command>, Optional<Graph>> known = new LinkedHashMap<>(16, 0.75f, true);
  private long replays;
  private long prepared;

  Graphs(Stream stream) {
    this.stream = stream;
  }

  /** The number of graph replays. */
  long replays() {
    return replays;
  }

  /** The number of runs of lists that had no graph yet. */
  long prepared() {
    return prepared;
  }

  /** Enqueues the commands on the stream. */
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

  /** Closes every graph, before memory that graphs use is freed. The stream must be idle. */
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
