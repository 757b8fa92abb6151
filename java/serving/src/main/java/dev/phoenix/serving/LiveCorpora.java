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
    final Corpora corpora;
    int leases;

    private Shared(Closer parts, Ops ops, LiveCorpora of, Artifacts artifacts) {
      this.parts = parts;
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
    static Shared open(Ops ops, LiveCorpora of, Artifacts artifacts) {
      return Closer.open(parts -> new Shared(parts, ops, of, artifacts));
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
  public synchronized Lease open(Artifacts artifacts, int dimension) {
    Path retrieval = artifacts.model("retrieval");
    String tower = TowerEncoder.fingerprint(retrieval);
    Shared shared = byTower.get(tower);
    boolean isNew = shared == null;
    if (shared == null) {
      shared = Shared.open(towerOps.get(), this, artifacts);
    } else {
      shared.corpora.live(FixedCorpora.DEFAULT_NAME).requireOrigin(artifacts.corpus());
    }
    try {
      succeed(shared);
    } catch (RuntimeException | Error failed) {
      if (isNew) {
        shared.parts.closeAfter(failed);
      }
      throw failed;
    }
    byTower.put(tower, shared);
    shared.leases++;
    Opened opened = new Opened(this, tower, shared);
    leases.add(opened);
    return opened;
  }

  /** Carries posts over from the current model, which is the last one opened. */
  private void succeed(Shared shared) {
    Shared before = null;
    for (Opened lease : leases) {
      before = lease.shared;
    }
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
    private final String tower;
    private final Shared shared;
    private final AtomicBoolean closed = new AtomicBoolean();

    Opened(LiveCorpora from, String tower, Shared shared) {
      this.from = from;
      this.tower = tower;
      this.shared = shared;
    }

    @Override
    public Corpora corpora() {
      return shared.corpora;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        from.giveBack(this);
      }
    }
  }

  private synchronized void giveBack(Opened lease) {
    leases.remove(lease);
    lease.shared.leases--;
    if (lease.shared.leases == 0) {
      byTower.remove(lease.tower);
      lease.shared.parts.close();
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
