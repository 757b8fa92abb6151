package dev.phoenix.bench.gpu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The peers of a run, or why there are none. */
final class PeerRunner {
  private final @Nullable Peers peers;
  private final @Nullable String reason;

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

  /**
   * Runs them.
   *
   * @param found is given what was measured so far after every script
   * @param leftOut is given what was not
   */
  void run(
      Budget budget, Consumer<Map<String, List<Figure.PeerFigure>>> found, Consumer<String> leftOut)
      throws IOException {
    Peers present = peers;
    if (present == null) {
      if (reason != null) {
        leftOut.accept(reason);
      }
      return;
    }
    for (Peers.Task task : Peers.tasks()) {
      present.run(task, budget);
      found.accept(present.found());
    }
    present.leftOut().forEach(leftOut);
  }
}
