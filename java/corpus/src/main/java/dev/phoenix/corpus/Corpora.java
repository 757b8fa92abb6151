package dev.phoenix.corpus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The corpora of a server by name: by language, by topic. A request names those it wants; without
 * names it is given the first.
 */
public final class Corpora implements AutoCloseable {
  private final Map<String, SearchableCorpus> byName = new LinkedHashMap<>();

  private Corpora(Collection<? extends SearchableCorpus> corpora) {
    for (SearchableCorpus corpus : corpora) {
      if (byName.putIfAbsent(corpus.name(), corpus) != null) {
        throw new IllegalArgumentException("two corpora have the name " + corpus.name());
      }
    }
    if (byName.isEmpty()) {
      throw new IllegalArgumentException("expected at least one corpus, found none");
    }
  }

  /** Takes over {@code corpora}; the first is the default. */
  public static Corpora of(Collection<? extends SearchableCorpus> corpora) {
    return new Corpora(corpora);
  }

  /** The names, the default first. */
  public List<String> names() {
    return Collections.unmodifiableList(new ArrayList<>(byName.keySet()));
  }

  /**
   * A corpus by name; the default for an empty name.
   *
   * @throws UnknownCorpusException where there is none of this name
   */
  public SearchableCorpus get(String name) {
    if (name.isEmpty()) {
      return byName.values().iterator().next();
    }
    @Nullable SearchableCorpus corpus = byName.get(name);
    if (corpus == null) {
      throw new UnknownCorpusException(name, byName.keySet());
    }
    return corpus;
  }

  /**
   * A corpus that can be changed, by name; the default for an empty name.
   *
   * @throws UnknownCorpusException where there is none of this name
   * @throws UnsupportedOperationException where the corpus cannot be changed
   */
  public LiveCorpus live(String name) {
    if (get(name) instanceof LiveCorpus live) {
      return live;
    }
    throw new UnsupportedOperationException("the corpus is a file, and cannot be changed");
  }

  /** Every corpus, the default first. */
  public List<SearchableCorpus> all() {
    return List.copyOf(byName.values());
  }

  /**
   * The present state of the corpora of these names, each once, in this order; of the default where
   * there are no names. To be closed by the caller.
   *
   * @throws UnknownCorpusException where there is none of a name
   */
  public Snapshot snapshot(Collection<String> names) {
    if (names.isEmpty()) {
      return get("").snapshot();
    }
    List<SearchableCorpus> wanted = new ArrayList<>();
    HashSet<String> seen = new HashSet<>();
    for (String name : names) {
      SearchableCorpus corpus = get(name);
      if (seen.add(corpus.name())) {
        wanted.add(corpus);
      }
    }
    List<Snapshot> snapshots = new ArrayList<>();
    try {
      wanted.forEach(corpus -> snapshots.add(corpus.snapshot()));
      return Snapshot.join(snapshots);
    } catch (RuntimeException | Error failed) {
      snapshots.forEach(Snapshot::close);
      throw failed;
    }
  }

  /** Closes every corpus. */
  @Override
  public void close() {
    @Nullable RuntimeException first = null;
    for (SearchableCorpus corpus : byName.values()) {
      try {
        corpus.close();
      } catch (RuntimeException failed) {
        if (first == null) {
          first = failed;
        } else {
          first.addSuppressed(failed);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
