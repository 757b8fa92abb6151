package dev.phoenix.bench;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.checkpoint.CorpusWriter;
import dev.phoenix.corpus.CorpusSearch;
import dev.phoenix.corpus.CorpusSettings;
import dev.phoenix.corpus.Durability;
import dev.phoenix.corpus.Filter;
import dev.phoenix.corpus.Hits;
import dev.phoenix.corpus.LiveCorpus;
import dev.phoenix.corpus.Post;
import dev.phoenix.corpus.Snapshot;
import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.LongStream;

/**
 * Searches the K best posts of a corpus whose base has lost some posts and which has segments of a
 * tenth of its size. The peer scans one corpus file of exactly the remaining posts.
 */
final class LiveCorpusComparison extends Comparison {
  private static final int COLUMNS = TopKComparison.COLUMNS;
  private static final int K = 200;

  /** One of so many posts of the base is removed. */
  private static final int REMOVED_EVERY = 100;

  private static final int BLOCK = 4096;

  private final int posts;
  private final int added;
  private final Path folder;
  private final UnitVectorEncoder encoder = new UnitVectorEncoder(COLUMNS);
  private final float[] user = UnitVectors.create(COLUMNS, -1);
  private final Ops ops;
  private final LiveCorpus live;
  private final Snapshot snapshot;
  private final CorpusSearch search;
  private final Corpus one;
  private final CorpusIndex index;

  /** Creates a base of {@code posts} rows and segments of a tenth as many. */
  LiveCorpusComparison(int posts, int threads) {
    super(
        "Top-%d of a live corpus, %,d + %,d x %d".formatted(K, posts, posts / 10, COLUMNS),
        0,
        "GB");
    this.posts = posts;
    this.added = posts / 10;
    this.folder = own(TemporaryFolder.create("phoenix-bench")).path();
    this.ops = own(CpuOps.create(Precision.FLOAT32, threads));
    Scope scope = own(Scope.create("one corpus"));
    this.live = own(grow(write("base.npz", LongStream.rangeClosed(1, posts))));
    this.snapshot = own(live.snapshot());
    this.search = own(CorpusSearch.create(ops, COLUMNS, Precision.FLOAT32));
    LongStream left =
        LongStream.rangeClosed(1, posts + added)
            .filter(id -> id > posts || id % REMOVED_EVERY != 0);
    this.one = own(Corpus.open(write("one.npz", left)));
    Shape shape = new Shape((int) one.size(), COLUMNS);
    this.index = ops.corpusIndex(scope, one.representations(), shape, Precision.FLOAT32);
  }

  private Path write(String name, LongStream postIds) {
    long[] ids = postIds.toArray();
    Path file = folder.resolve(name);
    float[] vectors = new float[BLOCK * COLUMNS];
    try (CorpusWriter writer = CorpusWriter.create(file, ids, new long[ids.length], COLUMNS)) {
      for (int from = 0; from < ids.length; from += BLOCK) {
        int to = Math.min(ids.length, from + BLOCK);
        long[] block = Arrays.copyOfRange(ids, from, to);
        encoder.encode(vectors, block, block);
        writer.append(vectors, 0, (to - from) * COLUMNS);
      }
      writer.commit();
    }
    return file;
  }

  private LiveCorpus grow(Path base) {
    CorpusSettings settings =
        new CorpusSettings(Durability.SYSTEM, 8192, Integer.MAX_VALUE, 1 << 20);
    LiveCorpus corpus =
        LiveCorpus.open(
            new LiveCorpus.Place("live", folder.resolve("live"), base), encoder, settings);
    corpus.remove(
        LongStream.rangeClosed(1, posts).filter(id -> id % REMOVED_EVERY == 0).boxed().toList());
    corpus.add(
        LongStream.rangeClosed(posts + 1L, posts + added).mapToObj(id -> Post.of(id, 0)).toList());
    return corpus;
  }

  @Override
  String check() {
    Hits found = hits();
    TopK expected = scanOne();
    if (found.positions().length != expected.k()) {
      throw wrong("%d found, expected %d".formatted(found.positions().length, expected.k()));
    }
    for (int i = 0; i < expected.k(); i++) {
      long post = snapshot.postId(found.positions()[i]);
      if (post != one.postId(expected.indices()[i]) || found.scores()[i] != expected.scores()[i]) {
        throw wrong("another post or score at rank %s".formatted(i));
      }
    }
    return "the posts and the bits of the scores of one corpus, %d segments"
        .formatted(live.statistics().segments());
  }

  private Hits hits() {
    return search.search(snapshot, new CorpusSearch.Query(user, 1, K, Filter.EVERY)).getFirst();
  }

  private TopK scanOne() {
    return ops.topK(index, TopKQuery.unmasked(user, 1, K));
  }

  @Override
  void phoenix() {
    hits();
  }

  @Override
  List<Peer> peers() {
    return List.of(new Peer("One corpus file of the same posts", this::scanOne));
  }

  @Override
  OptionalDouble target() {
    return OptionalDouble.of(0.95);
  }

  /** Gigabytes of float32 rows searched. */
  @Override
  double amount() {
    return (double) one.size() * COLUMNS * Float.BYTES / 1e9;
  }
}
