package dev.phoenix.serving;

import dev.phoenix.corpus.Corpora;
import dev.phoenix.corpus.CorpusSettings;
import dev.phoenix.corpus.LiveCorpus;
import dev.phoenix.corpus.TowerEncoder;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.ops.Ops;
import dev.phoenix.pipeline.Artifacts;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Live corpora in a folder: {@code FOLDER/NAME/TOWER/}. Vectors of different towers cannot be
 * compared, so each tower has its own files. Model versions with the same tower share their
 * corpora. A reload to another tower carries posts over from the current model and loses none. The
 * default corpus begins with the corpus file of the first artifacts with a tower. Artifacts with
 * the same tower and another corpus file are refused; to serve them, use another folder.
 */
public final class LiveCorpora implements CorpusSource {
  private static final System.Logger LOG = System.getLogger(LiveCorpora.class.getName());
  private static final int TOWER_CHARACTERS = 12;

  private final Path folder;
  private final List<String> further;
  private final CorpusSettings settings;
  private final Supplier<Ops> towerOps;
  private final Object opening = new Object();
  private final Map<String, Shared> byTower = new HashMap<>();
  private final Set<Opened> leases = new LinkedHashSet<>();

  /**
   * Creates corpora in {@code folder}.
   *
   * @param further names of corpora besides the artifacts' own; these begin empty
   * @param towerOps opens operations for the candidate tower; one core is enough
   * @throws IllegalArgumentException if {@link #requireNames} refuses {@code further}
   */
  public LiveCorpora(
      Path folder, List<String> further, CorpusSettings settings, Supplier<Ops> towerOps) {
    requireNames(further);
    this.folder = folder;
    this.further = List.copyOf(further);
    this.settings = settings;
    this.towerOps = towerOps;
  }

  /**
   * Checks names of further corpora.
   *
   * @throws IllegalArgumentException if a name is invalid, occurs twice, or is that of the
   *     artifacts' corpus
   */
  public static void requireNames(List<String> further) {
    Set<String> taken = new HashSet<>(Set.of(FixedCorpora.DEFAULT_NAME));
    for (String name : further) {
      if (!name.matches("[a-z0-9][a-z0-9_-]{0,63}")) {
        throw new IllegalArgumentException(
            "expected a corpus name of lower-case letters, digits, - and _, found '" + name + "'");
      }
      if (!taken.add(name)) {
        throw new IllegalArgumentException(
            "expected corpora of different names, found '" + name + "' again");
      }
    }
  }

  /** The corpora of one tower, shared by its leases. */
  private static final class Shared {
    final Closer parts;
    final String tower;
    final Corpora corpora;

    /** Completed when the corpora are closed. */
    final CompletableFuture<?> closed = new CompletableFuture<>();

    /** Leases and loads that use the corpora; with the last one they are closed. */
    int holders = 1;

    private Shared(Closer parts, Ops ops, LiveCorpora of, Artifacts artifacts, String tower) {
      this.parts = parts;
      this.tower = tower;
      parts.own(ops);
      Path retrieval = artifacts.model("retrieval");
      TowerEncoder encoder = parts.own(TowerEncoder.open(ops, retrieval));
      List<LiveCorpus> opened = new ArrayList<>();
      opened.add(open(of, FixedCorpora.DEFAULT_NAME, encoder, artifacts.corpus()));
      for (String name : of.further) {
        opened.add(open(of, name, encoder, null));
      }
      this.corpora = Corpora.of(opened);
    }

    /** Opens the corpora of {@code of} with {@code ops}, which are closed even if this throws. */
    static Shared open(Ops ops, LiveCorpora of, Artifacts artifacts, String tower) {
      return Closer.open(parts -> new Shared(parts, ops, of, artifacts, tower));
    }

    private LiveCorpus open(
        LiveCorpora of, String name, TowerEncoder encoder, @Nullable Path origin) {
      String tower = encoder.fingerprint().substring(0, TOWER_CHARACTERS);
      Path place = of.folder.resolve(name).resolve(tower);
      return parts.own(
          LiveCorpus.open(new LiveCorpus.Place(name, place, origin), encoder, of.settings));
    }
  }

  @Override
  public Lease open(Artifacts artifacts, int dimension) {
    // One model at a time is opened; what takes long is done without the lock of leases.
    synchronized (opening) {
      Shared before = retainCurrent();
      try {
        Shared shared = retain(artifacts);
        try {
          succeed(before, shared);
          return lease(shared);
        } catch (RuntimeException | Error failed) {
          Closer opened = new Closer();
          opened.own(() -> release(shared));
          opened.closeAfter(failed);
          throw failed;
        }
      } finally {
        if (before != null) {
          release(before);
        }
      }
    }
  }

  /** The corpora of the current model, which is the last one opened; null if there is none. */
  private synchronized @Nullable Shared retainCurrent() {
    Shared current = null;
    for (Opened lease : leases) {
      current = lease.shared;
    }
    if (current != null) {
      current.holders++;
    }
    return current;
  }

  /** The corpora of a model's tower, which are opened where no other model has them. */
  private Shared retain(Artifacts artifacts) {
    String tower = TowerEncoder.fingerprint(artifacts.model("retrieval"));
    Shared known = awaitOpen(tower);
    if (known == null) {
      Shared opened = Shared.open(towerOps.get(), this, artifacts, tower);
      synchronized (this) {
        byTower.put(tower, opened);
      }
      return opened;
    }
    try {
      known.corpora.live(FixedCorpora.DEFAULT_NAME).requireOrigin(artifacts.corpus());
      return known;
    } catch (RuntimeException | Error refused) {
      release(known);
      throw refused;
    }
  }

  /** The open corpora of a tower; null where none are, after those that are being closed. */
  private @Nullable Shared awaitOpen(String tower) {
    CompletableFuture<?> closed;
    synchronized (this) {
      Shared known = byTower.get(tower);
      if (known == null) {
        return null;
      }
      if (known.holders > 0) {
        known.holders++;
        return known;
      }
      closed = known.closed;
    }
    closed.join();
    return null;
  }

  private synchronized Lease lease(Shared shared) {
    Opened opened = new Opened(this, shared);
    leases.add(opened);
    return opened;
  }

  /** Carries posts over from the current model's corpora. */
  private static void succeed(@Nullable Shared before, Shared shared) {
    if (before == null || before == shared) {
      return;
    }
    for (String name : shared.corpora.names()) {
      int changes = shared.corpora.live(name).succeed(before.corpora.live(name));
      LOG.log(
          Level.INFO,
          "corpus {0}: carried {1} changes over from the tower before, encoded anew",
          name,
          changes);
    }
  }

  private static final class Opened implements Lease {
    private final LiveCorpora from;
    private final Shared shared;
    private final AtomicBoolean closed = new AtomicBoolean();

    Opened(LiveCorpora from, Shared shared) {
      this.from = from;
      this.shared = shared;
    }

    @Override
    public Corpora corpora() {
      return shared.corpora;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        synchronized (from) {
          from.leases.remove(this);
        }
        from.release(shared);
      }
    }
  }

  /** Gives corpora back; the last holder closes them, which may have to end a compaction. */
  private void release(Shared shared) {
    synchronized (this) {
      if (--shared.holders > 0) {
        return;
      }
    }
    try {
      shared.parts.close();
    } finally {
      synchronized (this) {
        byTower.remove(shared.tower);
      }
      shared.closed.complete(null);
    }
  }

  /** Checks that all leases are closed; each lease closes its own part. */
  @Override
  public synchronized void close() {
    if (!byTower.isEmpty()) {
      throw new IllegalStateException("corpora are closed while a model has them");
    }
  }
}
