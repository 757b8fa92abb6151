package dev.phoenix.bench;

import dev.phoenix.corpus.CorpusSearch;
import dev.phoenix.corpus.CorpusSettings;
import dev.phoenix.corpus.Filter;
import dev.phoenix.corpus.Hits;
import dev.phoenix.corpus.LiveCorpus;
import dev.phoenix.corpus.Post;
import dev.phoenix.corpus.Snapshot;
import dev.phoenix.corpus.TowerEncoder;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The time from a new post to a search that finds it, on the demo checkpoint: candidate tower, log
 * forced to disk, snapshot, scan. It has no peer.
 */
final class NewPostComparison implements Comparison {
  private final Path folder;
  private final Ops towerOps = CpuOps.create(Precision.FLOAT32, 1);
  private final Ops ops;
  private final TowerEncoder encoder;
  private final LiveCorpus corpus;
  private final CorpusSearch search;
  private long nextId = 1L << 40;

  NewPostComparison(int threads) {
    Path demo = RepositoryFiles.find("checkpoints").resolve("demo");
    try {
      this.folder = Files.createTempDirectory("phoenix-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.ops = CpuOps.create(Precision.FLOAT32, threads);
    this.encoder = TowerEncoder.open(towerOps, demo.resolve("retrieval"));
    LiveCorpus.Place place =
        new LiveCorpus.Place("demo", folder.resolve("live"), demo.resolve("corpus.npz"));
    this.corpus = LiveCorpus.open(place, encoder, CorpusSettings.defaults());
    this.search = CorpusSearch.create(ops, encoder.dimension(), Precision.FLOAT32);
  }

  @Override
  public String name() {
    return "New post until a search finds it";
  }

  @Override
  public String check() {
    phoenix();
    return "found by the next search, with a score of 1";
  }

  /** Adds a post and searches for its own vector. */
  @Override
  public void phoenix() {
    Post post = Post.of(nextId++, 7);
    float[] vector = new float[encoder.dimension()];
    corpus.add(List.of(post));
    try (Snapshot snapshot = corpus.snapshot()) {
      int position = lastPosition(snapshot, post.id());
      snapshot.copyVector(position, vector, 0);
      Hits hits =
          search.search(snapshot, new CorpusSearch.Query(vector, 1, 1, Filter.EVERY)).getFirst();
      if (Math.abs(hits.scores()[0] - 1) > 1e-5) {
        throw new CheckFailedException(name() + ": found a score of " + hits.scores()[0]);
      }
    }
  }

  private static int lastPosition(Snapshot snapshot, long postId) {
    int position = snapshot.lastPosition();
    if (snapshot.postId(position) != postId) {
      throw new CheckFailedException("the last post of the snapshot is not the one added");
    }
    return position;
  }

  @Override
  public List<Peer> peers() {
    return List.of();
  }

  @Override
  public OptionalDouble target() {
    return OptionalDouble.empty();
  }

  @Override
  public double amount() {
    return 1;
  }

  @Override
  public String rateUnit() {
    return "posts";
  }

  @Override
  public void close() {
    search.close();
    corpus.close();
    encoder.close();
    towerOps.close();
    ops.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
