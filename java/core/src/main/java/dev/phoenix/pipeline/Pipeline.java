package dev.phoenix.pipeline;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.HistoryEnd;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.feature.HashedHistory;
import dev.phoenix.feature.PostTimes;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.lifecycle.ThreadGuard;
import dev.phoenix.model.NotFiniteException;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.model.Retriever;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.TopK;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Candidates;
import dev.phoenix.scoring.ModelOutputs;
import dev.phoenix.scoring.Ranking;
import dev.phoenix.scoring.Scorer;
import dev.phoenix.scoring.ScoringOptions;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Retrieval and ranking for feeds: encodes the user, retrieves the K best posts of the corpus,
 * predicts every action for each and orders them by a {@link Scorer}. Source:
 * docs/model.md#7-pipeline.
 *
 * <p>Not thread-safe: a call during a call of another thread throws {@link
 * java.util.ConcurrentModificationException}. For several threads, open one pipeline with its own
 * operations for each, or use a {@code ServingEngine}. Consecutive calls may come from different
 * threads.
 */
public final class Pipeline implements AutoCloseable {
  /** The corpus name that corpus factors refer to. */
  public static final String CORPUS_NAME = "default";

  private static final ValueLayout.OfFloat LITTLE_ENDIAN =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ThreadGuard guard =
      new ThreadGuard(
          "Pipeline", "open a pipeline for every thread, or use a ServingEngine for all of them");
  private final Closer parts;
  private final Corpus corpus;
  private final RetrievalModel retrievalModel;
  private final EmbeddingTables retrievalTables;
  private final Retriever retriever;
  private final @Nullable RankingModel rankingModel;

  /** The inputs of a pipeline. */
  private record Sources(
      Artifacts artifacts, Path corpus, Optional<HistoryEnd> historyEnd, Stages stages) {}

  private Pipeline(Closer parts, Ops ops, Sources sources) {
    this.parts = parts;
    Path retrievalDirectory = sources.artifacts().model("retrieval");
    this.corpus = parts.own(Corpus.open(sources.corpus()));
    this.retrievalModel =
        parts.own(RetrievalModel.load(ops, retrievalDirectory, sources.historyEnd()));
    this.retrievalTables =
        parts.own(
            EmbeddingTables.open(
                retrievalDirectory.resolve("embedding_tables.npz"), retrievalModel.config()));
    retrievalModel.useTables(retrievalTables);
    this.retriever = parts.own(Retriever.create(ops, retrievalModel, corpus, Precision.FLOAT32));
    this.rankingModel =
        sources.stages() == Stages.RETRIEVAL
            ? null
            : RankingModel.load(
                parts, ops, sources.artifacts().model("ranker"), sources.historyEnd());
  }

  /**
   * Opens the models of {@code artifacts} and a corpus.
   *
   * @throws dev.phoenix.checkpoint.CheckpointException if a file is missing or is not what it
   *     should be; nothing stays open then
   */
  public static Pipeline open(Ops ops, Artifacts artifacts, Path corpus) {
    return open(ops, artifacts, corpus, Optional.empty());
  }

  /**
   * Opens the models of {@code artifacts} and a corpus.
   *
   * @param historyEnd which S events of a longer history are read, whatever the models'
   *     configurations say; empty for what they say
   * @throws dev.phoenix.checkpoint.CheckpointException if a file is missing or is not what it
   *     should be; nothing stays open then
   */
  public static Pipeline open(
      Ops ops, Artifacts artifacts, Path corpus, Optional<HistoryEnd> historyEnd) {
    return open(ops, new Sources(artifacts, corpus, historyEnd, Stages.RETRIEVAL_AND_RANKING));
  }

  /**
   * Opens the retrieval model of {@code artifacts} and a corpus, for feeds without a ranker: {@link
   * #scorer} then takes weights of the retrieval score only.
   *
   * @param historyEnd which S events of a longer history are read, whatever the model's
   *     configuration says; empty for what it says
   * @throws dev.phoenix.checkpoint.CheckpointException if a file is missing or is not what it
   *     should be; nothing stays open then
   */
  public static Pipeline openWithoutRanker(
      Ops ops, Artifacts artifacts, Path corpus, Optional<HistoryEnd> historyEnd) {
    return open(ops, new Sources(artifacts, corpus, historyEnd, Stages.RETRIEVAL));
  }

  private static Pipeline open(Ops ops, Sources sources) {
    return Closer.open(parts -> new Pipeline(parts, ops, sources));
  }

  /** The corpus that is retrieved from. */
  public Corpus corpus() {
    return corpus;
  }

  /**
   * The ranker, for its configuration.
   *
   * @throws IllegalStateException if the pipeline was opened without one
   */
  public Ranker ranker() {
    if (rankingModel == null) {
      throw new IllegalStateException("expected a ranker, found a pipeline opened without one");
    }
    return rankingModel.ranker();
  }

  /**
   * Resolves scoring options for the ranker, or for the retrieval score where there is none.
   *
   * @throws IllegalArgumentException for what {@link Scorer#create} refuses
   */
  public Scorer scorer(ScoringOptions options, ActionTaxonomy taxonomy) {
    return Scorer.create(
        options,
        rankingModel == null
            ? ModelOutputs.withoutRanker(taxonomy)
            : ModelOutputs.of(taxonomy, rankingModel.ranker().config()));
  }

  /**
   * Recommends the {@code topK} best posts of the corpus except those of the user's history, shown
   * now and ordered by {@code scorer}.
   *
   * @throws dev.phoenix.scoring.NonFiniteScoreException where a weighted output is not finite
   */
  public Feed recommend(UserSequence sequence, int topK, Scorer scorer) {
    return recommend(FeedRequest.served(sequence, topK, Instant.now()), scorer);
  }

  /**
   * Recommends what {@code request} asks for, ordered by {@code scorer}.
   *
   * @throws dev.phoenix.scoring.NonFiniteScoreException where a weighted output is not finite
   */
  public Feed recommend(FeedRequest request, Scorer scorer) {
    try (var _ = guard.enter()) {
      return feed(request, scorer);
    }
  }

  private Feed feed(FeedRequest request, Scorer scorer) {
    UserSequence sequence = request.sequence();
    ExcludedPosts leftOut = request.leftOut();
    HashedHistory retrievalHistory =
        HashedHistory.create(retrievalModel.config(), retrievalTables, sequence);
    Retriever.Result retrieved =
        retriever.retrieve(List.of(retrievalHistory), request.topK(), null, List.of(leftOut));
    NotFiniteException.require("the user's vector", retrieved.users());
    TopK best = without(leftOut, retrieved.best());
    Candidates candidates = candidates(best, scorer.options());
    if (rankingModel != null) {
      candidates = rankingModel.score(sequence, candidates, times(request, best));
    }
    Ranking ranking = scorer.rank(candidates);
    return new Feed(retrieved.users(), items(best, ranking), ranking);
  }

  /**
   * Removes excluded posts, which retrieval returns last if the corpus has fewer than K other
   * posts.
   */
  private TopK without(ExcludedPosts leftOut, TopK best) {
    int[] kept =
        IntStream.range(0, best.k())
            .filter(i -> !leftOut.contains(corpus.postId(best.indices()[i])))
            .toArray();
    if (kept.length == best.k()) {
      return best;
    }
    float[] scores = new float[kept.length];
    for (int i = 0; i < kept.length; i++) {
      scores[i] = best.scores()[kept[i]];
    }
    return new TopK(
        1, kept.length, Arrays.stream(kept).map(i -> best.indices()[i]).toArray(), scores);
  }

  private PostTimes times(FeedRequest request, TopK best) {
    long[] created = Arrays.stream(best.indices()).mapToLong(corpus::created).toArray();
    return new PostTimes(request.impressionSeconds(), created);
  }

  /** The retrieved posts, with vectors if {@code options} need them. */
  private Candidates candidates(TopK best, ScoringOptions options) {
    String[] corpora = new String[best.k()];
    Arrays.fill(corpora, CORPUS_NAME);
    Candidates candidates =
        Candidates.retrieved(
                Arrays.stream(best.indices()).mapToLong(corpus::postId).toArray(),
                Arrays.stream(best.indices()).mapToLong(corpus::authorId).toArray(),
                best.scores())
            .withCorpora(corpora);
    return options.needsVectors() ? candidates.withVectors(vectors(best)) : candidates;
  }

  private float[] vectors(TopK best) {
    int columns = corpus.dimension();
    float[] vectors = new float[best.k() * columns];
    for (int i = 0; i < best.k(); i++) {
      long from = (long) best.indices()[i] * columns * Float.BYTES;
      MemorySegment.copy(
          corpus.representations(), LITTLE_ENDIAN, from, vectors, i * columns, columns);
    }
    return vectors;
  }

  private List<Feed.Item> items(TopK best, Ranking ranking) {
    List<Feed.Item> items = new ArrayList<>();
    float[] probabilities = ranking.candidates().probabilities();
    int actions = ranking.scorer().model().actions();
    for (int place = 0; place < ranking.count(); place++) {
      int i = ranking.candidate(place);
      int index = best.indices()[i];
      items.add(
          new Feed.Item(
              place + 1,
              i,
              index,
              corpus.postId(index),
              corpus.authorId(index),
              corpus.topic(index),
              best.scores()[i],
              (float) ranking.score(i),
              Arrays.copyOfRange(probabilities, i * actions, (i + 1) * actions)));
    }
    return items;
  }

  /**
   * Closes models, tables and corpus in reverse order of opening. The caller closes the operations.
   */
  @Override
  public void close() {
    try (var _ = guard.enter()) {
      parts.close();
    }
  }
}
