package dev.phoenix.ops.cpu;

import dev.phoenix.kernels.reference.TopKReference;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The fused scan: every corpus row is read once for all users, its scores meet each user's
 * threshold in registers and only survivors are kept.
 *
 * <p>Against the bfloat16 copy a score is off by at most e, so whatever belongs to the K best
 * scores within 2e of the K-th best rounded score: these survivors are scored again in float32 and
 * the result is the float32 scan's, ties included.
 */
final class TopKWork implements Team.Work {
  private static final int BLOCK_ROWS = 2048;

  private final Team team;
  private final Finder[] finders;
  private @Nullable CpuCorpusIndex index;
  private TopKQuery query = new TopKQuery(new float[0], 0, null, 0);
  private float[] slack = new float[0];
  private float[][] evens = new float[0][];
  private float[][] odds = new float[0][];

  TopKWork(Team team) {
    this.team = team;
    this.finders = new Finder[team.size()];
    for (int i = 0; i < finders.length; i++) {
      finders[i] = new Finder();
    }
  }

  /** What one thread has found so far, per user. */
  private static final class Finder {
    BestKeys[] best = new BestKeys[0];
    KeyList[] near = new KeyList[0];

    void reset(int users, int k) {
      if (best.length < users) {
        best = new BestKeys[users];
        near = new KeyList[users];
        Arrays.setAll(best, i -> new BestKeys());
        Arrays.setAll(near, i -> new KeyList());
      }
      for (int user = 0; user < users; user++) {
        best[user].reset(k);
        near[user].clear();
      }
    }
  }

  TopK run(CpuCorpusIndex newIndex, TopKQuery newQuery) {
    int columns = newIndex.shape().columns();
    requireFit(newIndex, newQuery);
    int k = Math.min(newQuery.k(), newIndex.shape().rows());
    index = newIndex;
    query = newQuery;
    for (Finder finder : finders) {
      finder.reset(newQuery.count(), k);
    }
    if (newIndex.halves() != null) {
      splitUsers(newIndex.halves(), columns);
    }
    team.run(this, (newIndex.shape().rows() + BLOCK_ROWS - 1) / BLOCK_ROWS);
    return newIndex.halves() == null ? merged(k) : rescored(newIndex, k);
  }

  private static void requireFit(CpuCorpusIndex index, TopKQuery query) {
    if (query.users().length != query.count() * index.shape().columns()) {
      throw new IllegalArgumentException(
          "%d users of a corpus %s take %d values, found %d"
              .formatted(
                  query.count(),
                  index.shape(),
                  query.count() * index.shape().columns(),
                  query.users().length));
    }
    long[] mask = query.mask();
    int words = (index.shape().rows() + Long.SIZE - 1) / Long.SIZE;
    if (mask != null && mask.length < words) {
      throw new IllegalArgumentException(
          "a mask of %d entries takes %d words, found %d"
              .formatted(index.shape().rows(), words, mask.length));
    }
  }

  /** Separates every user's even and odd elements and bounds the error of the rounded scores. */
  private void splitUsers(CpuCorpusIndex.Halves halves, int columns) {
    int users = query.count();
    evens = new float[users][halves.columns() / 2];
    odds = new float[users][halves.columns() / 2];
    slack = new float[users];
    for (int user = 0; user < users; user++) {
      double square = 0;
      for (int d = 0; d < columns; d++) {
        float value = query.users()[user * columns + d];
        square += (double) value * value;
        (d % 2 == 0 ? evens : odds)[user][d / 2] = value;
      }
      // Cauchy-Schwarz for the rounding of the rows, and the float32 summation of both scores.
      double summation = (columns + 2) * Math.ulp(1f) * halves.largestNorm();
      slack[user] = (float) (2 * Math.sqrt(square) * (halves.largestError() + summation));
    }
  }

  @Override
  public void run(int part, int member) {
    CpuCorpusIndex corpus = index;
    if (corpus == null) {
      return;
    }
    int from = part * BLOCK_ROWS;
    int to = Math.min(corpus.shape().rows(), from + BLOCK_ROWS);
    for (int user = 0; user < query.count(); user++) {
      if (corpus.halves() == null) {
        scan(corpus, user, from, to, finders[member].best[user]);
      } else {
        scanHalves(corpus.halves(), user, from, to, finders[member]);
      }
    }
  }

  private void scan(CpuCorpusIndex corpus, int user, int from, int to, BestKeys best) {
    int columns = corpus.shape().columns();
    long rowBytes = (long) columns * Float.BYTES;
    long threshold = best.threshold();
    for (int row = from; row < to; row++) {
      float score = TopKReference.MASKED_SCORE;
      if (visible(row)) {
        score =
            CorpusRows.dot(query.users(), user * columns, corpus.floats(), row * rowBytes, columns);
      }
      long key = ScoreKey.of(score, row);
      if (key > threshold) {
        best.offer(key);
        threshold = best.threshold();
      }
    }
  }

  private void scanHalves(CpuCorpusIndex.Halves halves, int user, int from, int to, Finder finder) {
    BestKeys best = finder.best[user];
    long threshold = best.threshold();
    float near = nearThreshold(threshold, user);
    for (int row = from; row < to; row++) {
      float score = TopKReference.MASKED_SCORE;
      if (visible(row)) {
        score =
            CorpusRows.dotBfloat16(
                evens[user], odds[user], halves.rows(), row * halves.rowBytes(), halves.columns());
      }
      // Also true for NaN, which only the float32 score can judge.
      if (!(score < near)) {
        long key = ScoreKey.of(score, row);
        finder.near[user].add(key);
        if (key > threshold) {
          best.offer(key);
          threshold = best.threshold();
          near = nearThreshold(threshold, user);
        }
      }
    }
  }

  private float nearThreshold(long threshold, int user) {
    if (threshold == ScoreKey.NONE) {
      return Float.NEGATIVE_INFINITY;
    }
    float score = ScoreKey.score(threshold);
    return Float.isNaN(score) ? Float.NEGATIVE_INFINITY : score - slack[user];
  }

  private boolean visible(int row) {
    long[] mask = query.mask();
    return mask == null || (mask[row / Long.SIZE] >>> row & 1) != 0;
  }

  /** The best of what all threads found. */
  private TopK merged(int k) {
    long[] keys = new long[query.count() * k];
    for (int user = 0; user < query.count(); user++) {
      mergedBest(user).drain(keys, user * k);
    }
    return result(keys, k);
  }

  private BestKeys mergedBest(int user) {
    BestKeys all = finders[0].best[user];
    for (int member = 1; member < finders.length; member++) {
      BestKeys other = finders[member].best[user];
      for (int i = 0; i < other.size(); i++) {
        all.offer(other.get(i));
      }
    }
    return all;
  }

  private TopK rescored(CpuCorpusIndex corpus, int k) {
    int columns = corpus.shape().columns();
    long rowBytes = (long) columns * Float.BYTES;
    long[] keys = new long[query.count() * k];
    for (int user = 0; user < query.count(); user++) {
      BestKeys best = mergedBest(user);
      float near = nearThreshold(best.threshold(), user);
      best.reset(k);
      for (Finder finder : finders) {
        KeyList survivors = finder.near[user];
        for (int i = 0; i < survivors.size(); i++) {
          long key = survivors.get(i);
          if (!(ScoreKey.score(key) < near)) {
            int row = ScoreKey.index(key);
            float score =
                visible(row)
                    ? CorpusRows.dot(
                        query.users(), user * columns, corpus.floats(), row * rowBytes, columns)
                    : TopKReference.MASKED_SCORE;
            best.offer(ScoreKey.of(score, row));
          }
        }
      }
      best.drain(keys, user * k);
    }
    return result(keys, k);
  }

  private TopK result(long[] keys, int k) {
    int[] indices = new int[keys.length];
    float[] scores = new float[keys.length];
    for (int i = 0; i < keys.length; i++) {
      indices[i] = ScoreKey.index(keys[i]);
      scores[i] = ScoreKey.score(keys[i]);
    }
    return new TopK(query.count(), k, indices, scores);
  }
}
