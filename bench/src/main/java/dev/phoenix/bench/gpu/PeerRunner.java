package dev.phoenix.bench.gpu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The peers of a run, or why there are none. */
final class PeerRunner {
  private final @Nullable Peers peers;
  private final @Nullable String reason;

  private final List<GpuReport.LeftOut> leftOut = new ArrayList<>();

  private PeerRunner(@Nullable Peers peers, @Nullable String reason) {
    this.peers = peers;
    this.reason = reason;
  }

  /** Nobody was asked for. */
  static PeerRunner none() {
    return new PeerRunner(null, null);
  }

  /**
   * Those that a Python here can run.
   *
   * @param scripts the folder of the scripts
   * @param cases the folder of their cases
   * @param chosen the interpreter asked for; null: the first that has PyTorch
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

  /** Takes what was found, by the names of our figures. */
  @FunctionalInterface
  interface Found {
    /** Keeps it. */
    void keep(Map<String, List<Figure.PeerFigure>> found) throws IOException;
  }

  /** What was not measured, and why. */
  List<GpuReport.LeftOut> leftOut() {
    return List.copyOf(leftOut);
  }

  /**
   * Runs them.
   *
   * @param found is given what was measured so far after every script
   * @param parts that were measured
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
            .forEach(part -> leftOut.add(new GpuReport.LeftOut(part, why)));
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
