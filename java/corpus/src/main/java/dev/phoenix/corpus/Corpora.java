package dev.phoenix.corpus;

import dev.phoenix.lifecycle.Closer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The named corpora of a server, for example one per language or topic. A request names the corpora
 * to search; without names, the first is searched.
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

  /** Takes ownership of {@code corpora}; the first is the default. */
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
   * @throws UnknownCorpusException if no corpus has this name
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
   * @throws UnknownCorpusException if no corpus has this name
   * @throws UnsupportedOperationException if the corpus cannot be changed
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
   * The distinct corpora that {@link #snapshot} joins for {@code names}, in its order.
   *
   * @throws UnknownCorpusException if no corpus has one of the names
   */
  public List<String> names(Collection<String> names) {
    Set<String> wanted = new LinkedHashSet<>();
    for (String name : names.isEmpty() ? List.of("") : names) {
      wanted.add(get(name).name());
    }
    return List.copyOf(wanted);
  }

  /**
   * Takes a snapshot of the corpora with these names, each once and in this order; of the default
   * corpus if there are no names. The caller closes it.
   *
   * @throws UnknownCorpusException if no corpus has one of the names
   */
  public Snapshot snapshot(Collection<String> names) {
    List<String> wanted = names(names);
    if (wanted.size() == 1) {
      return get(wanted.getFirst()).snapshot();
    }
    List<Snapshot> snapshots = new ArrayList<>();
    return Closer.open(
        opened -> {
          wanted.forEach(name -> snapshots.add(opened.own(get(name).snapshot())));
          return Snapshot.join(snapshots);
        });
  }

  /**
   * Makes these the corpora that serve, see {@link LiveCorpus#adopt}.
   *
   * @throws CorpusException where one of them missed a change
   */
  public void adopt() {
    for (SearchableCorpus corpus : byName.values()) {
      if (corpus instanceof LiveCorpus live) {
        live.adopt();
      }
    }
  }

  /** Closes every corpus. */
  @Override
  public void close() {
    Closer.closeAll(byName.values());
  }
}
