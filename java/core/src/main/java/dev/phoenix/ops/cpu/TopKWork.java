package dev.phoenix.ops.cpu;

import static dev.phoenix.ops.cpu.Lanes.FLOATS;
import static dev.phoenix.ops.cpu.Lanes.WIDTH;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * A scan of the corpus in blocks of rows that are scored for all users while in the cache. Scores
 * are compared with the user's threshold in registers and only those above it are kept.
 *
 * <p>A score of the bfloat16 copy has an error of at most e, so every entry of the exact K best has
 * a rounded score within 2e of the K-th best rounded score. These entries are scored again in
 * float32, so the result equals that of a float32 scan, ties included.
 */
final class TopKWork implements Team.Work {
  private static final int BLOCK_ROWS = 2048;

  private final Team team;
  private final Finder[] finders;
  private @Nullable CpuCorpusIndex index;
  private TopKQuery query = new TopKQuery(new float[0], 0, null, 0);
  private CorpusRows.User[] users = new CorpusRows.User[0];
  private float[] slack = new float[0];
  private boolean rounded;

  TopKWork(Team team) {
    this.team = team;
    this.finders = new Finder[team.size()];
    for (int i = 0; i < finders.length; i++) {
      finders[i] = new Finder();
    }
  }

  /** The best entries that one thread has found so far, by user. */
  private static final class Finder {
    final float[] scores = new float[BLOCK_ROWS];
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
    requireFit(newIndex, newQuery);
    int k = Math.min(newQuery.k(), newIndex.shape().rows());
    index = newIndex;
    query = newQuery;
    for (Finder finder : finders) {
      finder.reset(newQuery.count(), k);
    }
    rounded = newIndex.halves() != null;
    prepareUsers(newIndex);
    team.run(this, (newIndex.shape().rows() + BLOCK_ROWS - 1) / BLOCK_ROWS);
    return rounded ? rescored(newIndex, k) : merged(k);
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

  /** Copies every user's vector and bounds the error of its rounded scores. */
  private void prepareUsers(CpuCorpusIndex corpus) {
    int columns = corpus.shape().columns();
    HalfCorpus halves = corpus.halves();
    users = new CorpusRows.User[query.count()];
    slack = new float[query.count()];
    for (int user = 0; user < users.length; user++) {
      users[user] = new CorpusRows.User(query.users(), user * columns, columns);
      if (halves != null) {
        // Cauchy-Schwarz for the rounding of the rows, and the float32 summation of both scores.
        double summation = (columns + 2) * Math.ulp(1f) * halves.largestNorm();
        double relative = users[user].norm() * (halves.largestError() + summation);
        // Where products are subnormal, each rounding may cost half of the smallest value.
        double absolute = (columns + 8.0) * Float.MIN_VALUE;
        slack[user] = Math.nextUp((float) (2 * (relative + absolute)));
      }
    }
  }

  @Override
  public void run(int part, int member) {
    CpuCorpusIndex corpus = index;
    if (corpus == null) {
      return;
    }
    int from = part * BLOCK_ROWS;
    int count = Math.min(corpus.shape().rows() - from, BLOCK_ROWS);
    Finder finder = finders[member];
    HalfCorpus halves = corpus.halves();
    boolean hidden = hidden(from, count);
    for (int user = 0; user < users.length; user++) {
      if (hidden) {
        Arrays.fill(finder.scores, 0, count, TopKQuery.MASKED_SCORE);
      } else if (halves == null) {
        CorpusRows.scores(finder.scores, users[user], corpus.floats(), from, count);
      } else {
        halves.scores(finder.scores, users[user], from, count);
      }
      mask(finder.scores, from, count);
      hide(finder.scores, user, from, count);
      keepBest(finder, user, from, count);
    }
  }

  /** Whether the mask hides every row of a block, which then need not be read. */
  private boolean hidden(int from, int count) {
    long[] mask = query.mask();
    if (mask == null) {
      return false;
    }
    for (int word = from / Long.SIZE; word * Long.SIZE < from + count; word++) {
      if (mask[word] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Applies the mask a word at a time, because most words have all bits set. */
  private void mask(float[] scores, int from, int count) {
    long[] mask = query.mask();
    if (mask == null) {
      return;
    }
    int i = 0;
    while (i < count) {
      int row = from + i;
      int end = Math.min(count, i + Long.SIZE - row % Long.SIZE);
      long hidden = ~mask[row / Long.SIZE] >>> row;
      while (hidden != 0 && i < end) {
        if ((hidden & 1) != 0) {
          scores[i] = TopKQuery.MASKED_SCORE;
        }
        hidden >>>= 1;
        i++;
      }
      i = end;
    }
  }

  /** Masks the rows of a block that are hidden from one user. */
  private void hide(float[] scores, int user, int from, int count) {
    int[] rows = query.hidden(user);
    int found = Arrays.binarySearch(rows, from);
    for (int i = found < 0 ? ~found : found; i < rows.length && rows[i] < from + count; i++) {
      scores[rows[i] - from] = TopKQuery.MASKED_SCORE;
    }
  }

  /**
   * Offers the scores of a block. Almost all are below the threshold, so they are compared as
   * floats first; a NaN passes this comparison and is then compared by its key.
   */
  private void keepBest(Finder finder, int user, int from, int count) {
    BestKeys best = finder.best[user];
    float near = nearThreshold(best.threshold(), user);
    for (int block = 0; block < count; block += WIDTH) {
      if (allBelow(finder.scores, block, near)) {
        continue;
      }
      for (int i = block; i < Math.min(block + WIDTH, count); i++) {
        float score = finder.scores[i];
        if (!(score < near)) {
          long key = ScoreKey.of(score, from + i);
          if (rounded) {
            finder.near[user].add(key);
          }
          if (key > best.threshold()) {
            best.offer(key);
            near = nearThreshold(best.threshold(), user);
          }
        }
      }
    }
  }

  /** Whether all scores of a vector are below {@code near}; false if one is NaN. */
  private static boolean allBelow(float[] scores, int at, float near) {
    return FloatVector.fromArray(FLOATS, scores, at).compare(LT, near).allTrue();
  }

  /** The score below which an entry cannot belong to the result. */
  private float nearThreshold(long threshold, int user) {
    if (threshold == ScoreKey.NONE) {
      return Float.NEGATIVE_INFINITY;
    }
    float score = ScoreKey.score(threshold);
    return Float.isNaN(score) ? Float.NEGATIVE_INFINITY : score - slack[user];
  }

  /** Merges the results of all threads. */
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
    float[] exact = new float[1];
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
            CorpusRows.scores(exact, users[user], corpus.floats(), row, 1);
            mask(exact, row, 1);
            hide(exact, user, row, 1);
            best.offer(ScoreKey.of(exact[0], row));
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
