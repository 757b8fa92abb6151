package dev.phoenix.bench.gpu;

import dev.phoenix.bench.report.Figure;
import dev.phoenix.bench.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs the peers, or records why there are none. */
final class PeerRunner {
  private final @Nullable Peers peers;
  private final @Nullable String reason;

  private final List<Report.LeftOut> leftOut = new ArrayList<>();

  private PeerRunner(@Nullable Peers peers, @Nullable String reason) {
    this.peers = peers;
    this.reason = reason;
  }

  /** A runner without peers. */
  static PeerRunner none() {
    return new PeerRunner(null, null);
  }

  /**
   * Finds a Python that can run the peers.
   *
   * @param scripts the folder of the scripts
   * @param cases the folder of their cases
   * @param chosen the interpreter to use; null for the first one that has PyTorch
   * @param device {@code cuda} or {@code cpu}
   */
  static PeerRunner find(Path scripts, Path cases, @Nullable Path chosen, String device) {
    return Python.withTorch(chosen)
        .map(python -> new PeerRunner(new Peers(scripts, cases, python, device), null))
        .orElseGet(
            () ->
                new PeerRunner(
                    null,
                    chosen == null
                        ? "peers: no python3 with PyTorch: name one with --python"
                        : "peers: %s cannot import torch".formatted(chosen)));
  }

  boolean isPresent() {
    return peers != null;
  }

  /** Receives the peers' figures by the names of this product's figures. */
  @FunctionalInterface
  interface Found {
    /** Stores the figures. */
    void keep(Map<String, List<Figure.Peer>> found) throws IOException;
  }

  /** The skipped measurements, with reasons. */
  List<Report.LeftOut> leftOut() {
    return List.copyOf(leftOut);
  }

  /**
   * Runs the peers.
   *
   * @param found receives all figures so far after every script
   * @param parts the parts that were measured
   */
  void run(Budget budget, Found found, Set<Part> parts) throws IOException {
    Peers present = peers;
    List<Peers.Task> wanted =
        Peers.tasks().stream().filter(task -> parts.contains(task.part())).toList();
    if (present == null) {
      String why = reason;
      if (why != null) {
        wanted.stream()
            .map(Peers.Task::part)
            .distinct()
            .forEach(part -> leftOut.add(new Report.LeftOut(part.title(), why)));
      }
      return;
    }
    for (Peers.Task task : wanted) {
      present.run(task, budget);
      found.keep(present.found());
    }
    leftOut.addAll(present.leftOut());
  }
}
