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
import java.nio.file.Path;
import java.util.List;

/**
 * The time from a new post to a search that finds it, on the demo checkpoint: candidate tower, log
 * forced to disk, snapshot, scan. It has no peer.
 */
final class NewPostComparison extends Comparison {
  private final TowerEncoder encoder;
  private final LiveCorpus corpus;
  private final CorpusSearch search;
  private long nextId = 1L << 40;

  NewPostComparison(int threads) {
    super("New post until a search finds it", 1, "posts");
    Path demo = RepositoryFiles.find("checkpoints").resolve("demo");
    Path folder = own(TemporaryFolder.create("phoenix-bench")).path();
    Ops towerOps = own(CpuOps.create(Precision.FLOAT32, 1));
    Ops ops = own(CpuOps.create(Precision.FLOAT32, threads));
    this.encoder = own(TowerEncoder.open(towerOps, demo.resolve("retrieval")));
    LiveCorpus.Place place =
        new LiveCorpus.Place("demo", folder.resolve("live"), demo.resolve("corpus.npz"));
    this.corpus = own(LiveCorpus.open(place, encoder, CorpusSettings.defaults()));
    this.search = own(CorpusSearch.create(ops, encoder.dimension(), Precision.FLOAT32));
  }

  @Override
  String check() {
    phoenix();
    return "found by the next search, with a score of 1";
  }

  /** Adds a post and searches for its own vector. */
  @Override
  void phoenix() {
    Post post = Post.of(nextId++, 7);
    float[] vector = new float[encoder.dimension()];
    corpus.add(List.of(post));
    try (Snapshot snapshot = corpus.snapshot()) {
      int position = lastPosition(snapshot, post.id());
      snapshot.copyVector(position, vector, 0);
      Hits hits =
          search.search(snapshot, new CorpusSearch.Query(vector, 1, 1, Filter.EVERY)).getFirst();
      if (Math.abs(hits.scores()[0] - 1) > 1e-5) {
        throw wrong("found a score of %s".formatted(hits.scores()[0]));
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
}
