package dev.phoenix.serving;

import dev.phoenix.corpus.Corpora;
import dev.phoenix.corpus.CorpusSettings;
import dev.phoenix.corpus.LiveCorpus;
import dev.phoenix.corpus.TowerEncoder;
import dev.phoenix.ops.Ops;
import dev.phoenix.pipeline.Artifacts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Corpora that change while they are served, kept in a folder: {@code FOLDER/NAME/TOWER/}. Vectors
 * of different towers cannot be compared, so each tower has files of its own; versions of a model
 * that have the same tower share their corpora, and a reload loses no post. The default corpus
 * begins with the file of the artifacts that were the first with their tower; artifacts with the
 * same tower and another file are refused, and to serve them is to begin with another folder.
 */
public final class LiveCorpora implements CorpusSource {
  private static final int TOWER_CHARACTERS = 12;

  private final Path folder;
  private final List<String> further;
  private final CorpusSettings settings;
  private final Supplier<Ops> towerOps;
  private final Map<String, Shared> byTower = new HashMap<>();

  /**
   * Corpora in {@code folder}.
   *
   * @param further names of corpora besides the artifacts' own; these begin empty
   * @param towerOps opens operations for the candidate tower; one core is enough
   * @throws IllegalArgumentException for what {@link #requireNames} refuses
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
   * Refuses names that cannot stand beside the artifacts' own corpus.
   *
   * @throws IllegalArgumentException where one is no name, is that of the artifacts' corpus, or
   *     stands twice
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

  /** The corpora of one tower and who has them. */
  private static final class Shared {
    final Parts parts = new Parts();
    final Corpora corpora;
    int leases;

    Shared(Ops ops, Path retrieval, LiveCorpora of, Artifacts artifacts) {
      try {
        parts.own(ops);
        TowerEncoder encoder = parts.own(TowerEncoder.open(ops, retrieval));
        List<LiveCorpus> opened = new ArrayList<>();
        opened.add(open(of, FixedCorpora.DEFAULT_NAME, encoder, artifacts.corpus()));
        for (String name : of.further) {
          opened.add(open(of, name, encoder, null));
        }
        this.corpora = Corpora.of(opened);
      } catch (RuntimeException | Error failed) {
        parts.close();
        throw failed;
      }
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
    if (shared == null) {
      shared = new Shared(towerOps.get(), retrieval, this, artifacts);
      byTower.put(tower, shared);
    } else {
      shared.corpora.live(FixedCorpora.DEFAULT_NAME).requireOrigin(artifacts.corpus());
    }
    shared.leases++;
    return new Opened(this, tower, shared);
  }

  private record Opened(LiveCorpora from, String tower, Shared shared, AtomicBoolean closed)
      implements Lease {
    Opened(LiveCorpora from, String tower, Shared shared) {
      this(from, tower, shared, new AtomicBoolean());
    }

    @Override
    public Corpora corpora() {
      return shared.corpora;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        from.giveBack(tower, shared);
      }
    }
  }

  private synchronized void giveBack(String tower, Shared shared) {
    shared.leases--;
    if (shared.leases == 0) {
      byTower.remove(tower);
      shared.parts.close();
    }
  }

  /** Every lease closes its own part; there is nothing else. */
  @Override
  public synchronized void close() {
    if (!byTower.isEmpty()) {
      throw new IllegalStateException("corpora are closed while a model has them");
    }
  }
}
