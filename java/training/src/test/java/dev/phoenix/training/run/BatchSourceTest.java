package dev.phoenix.training.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.TrainedOutputs;
import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.DatasetException;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.LeaveOneOut;
import dev.phoenix.dataset.TimeSplit;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.evaluation.EngagedEvents;
import dev.phoenix.feature.HashFunctions;
import dev.phoenix.training.RankerBatch;
import dev.phoenix.training.RetrievalBatch;
import dev.phoenix.training.Scorer;
import dev.phoenix.world.World;
import dev.phoenix.world.WorldSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class BatchSourceTest {
  private static final TrainingOptions SMALL =
      new TrainingOptions(
          new ModelSize(16, 1, 2, 8, 4), Architecture.DEFAULT, Optimisation.DEFAULT, 32, 1);

  private static final TrainedOutputs NOTHING_TRAINED =
      new TrainedOutputs(new TreeSet<>(), new TreeSet<>());

  private static final RetrievalTraining.Choices MEANS = choices(Tower.MEAN, UserPooling.MEAN);

  static RetrievalTraining.Choices choices(Tower tower, UserPooling pooling) {
    return new RetrievalTraining.Choices(
        RetrievalTraining.Representation.of(tower, pooling),
        new Temperature(0.07, Temperature.Kind.LEARNED),
        new Negatives.Sampled(64, 0, Negatives.InBatch.LOG_Q),
        LeaveOneOut.Part.VALIDATION);
  }

  private static Dataset sequences(int... lengths) {
    int posts = IntStream.of(lengths).max().orElse(0);
    Catalog catalog =
        new Catalog(
            LongStream.rangeClosed(1, posts).toArray(),
            new long[posts],
            new long[0],
            List.of(),
            List.of());
    List<UserEvents> users =
        IntStream.range(0, lengths.length)
            .mapToObj(
                u ->
                    new UserEvents(
                        u + 1,
                        Events.of(IntStream.range(0, lengths[u]).toArray(), Events.FAVORITE)))
            .toList();
    return new Dataset("test", catalog, users);
  }

  @Test
  void idsThatLieCloseTogetherGetARowEach() {
    Dataset world = World.generate(new WorldSize(20, 32, 400, 20, 3), 1).dataset();
    ModelConfig config = ModelPlan.retrieval(world, SMALL, MEANS.representation());
    HashFunctions hashes = HashFunctions.create(config);
    long[] posts = world.catalog().postIds();
    long[] authors = world.catalog().authorIds();
    assertEquals(1, config.hashCounts().item());
    assertEquals(400, Arrays.stream(posts).map(id -> hashes.itemRow(id, 0)).distinct().count());
    assertEquals(
        Arrays.stream(authors).distinct().count(),
        Arrays.stream(authors).map(id -> hashes.authorRow(id, 0)).distinct().count());
    assertEquals(hashes.userRow(501, 0), hashes.userRow(99_999, 0), "users share a row");
  }

  @Test
  void idsThatLieFarApartAreHashedTwice() {
    Catalog catalog =
        new Catalog(
            new long[] {3, 1L << 40, 1L << 62}, new long[3], new long[0], List.of(), List.of());
    Dataset data =
        new Dataset(
            "test",
            catalog,
            List.of(new UserEvents(1, Events.of(new int[] {0, 1, 2}, Events.FAVORITE))));
    ModelConfig config =
        ModelPlan.retrieval(data, SMALL, choices(Tower.MLP, UserPooling.LAST).representation());
    assertEquals(2, config.hashCounts().item());
    assertTrue(config.retrieval().enableLinearProj());
    assertEquals(UserPooling.LAST, config.retrieval().userPooling());
    PostTable table = new PostTable(config, catalog);
    assertEquals(3, table.all().count());
  }

  @Test
  void everyEventIsPredictedFromWhatIsInFrontOfIt() {
    Dataset data = sequences(6, 3, 40);
    LeaveOneOut split = LeaveOneOut.of(data);
    ModelConfig config = ModelPlan.retrieval(data, SMALL, MEANS.representation());
    RetrievalBatches source =
        new RetrievalBatches(
            Training.before(split, LeaveOneOut.Part.TEST),
            new PostTable(config, data.catalog()),
            new RetrievalBatches.Settings(
                2, new Negatives.Sampled(5, 0, Negatives.InBatch.LOG_Q), 9));
    BitSet predicted = new BitSet();
    for (long epoch = 0; epoch < 12; epoch++) {
      for (int index = 0; index < source.steps(); index++) {
        RetrievalBatch batch = source.batch(epoch, index);
        assertEquals(5, batch.globalNegatives().count());
        for (int q = 0; q < batch.queries().count(); q++) {
          int user = batch.queries().user()[q];
          int last = batch.histories().offsets()[user] + batch.queries().length()[q] - 1;
          // Sequences are 0, 1, 2, ...: the next post has the next row.
          int width = batch.candidates().hashes();
          int seen = batch.histories().posts().rows()[last * width];
          int next = batch.candidates().rows()[q * width];
          assertEquals(seen + 1, next);
          predicted.set(next);
        }
      }
    }
    int first = new PostTable(config, data.catalog()).all().rows()[0];
    // 40 events: the last is for the test, the first has no earlier event.
    assertEquals(38, predicted.cardinality());
    assertFalse(predicted.get(first) || predicted.get(first + 39));
  }

  @Test
  void aSoftmaxOverTheCatalogueHasEveryPostOnce() {
    Dataset data = sequences(6, 3, 40);
    PostTable table =
        new PostTable(ModelPlan.retrieval(data, SMALL, MEANS.representation()), data.catalog());
    RetrievalBatches source =
        new RetrievalBatches(
            Training.before(LeaveOneOut.of(data), LeaveOneOut.Part.TEST),
            table,
            new RetrievalBatches.Settings(2, new Negatives.All(), 9));
    assertArrayEquals(table.all().rows(), source.batch(1, 0).globalNegatives().rows());
  }

  @Test
  void batchesFollowFromSeedEpochAndIndexAlone() {
    Dataset world = World.generate(new WorldSize(60, 32, 400, 20, 3), 1).dataset();
    RankerSampling sampling = new RankerSampling(4, 2, 0);
    RankerBatches one = rankerCourse(world, sampling, 16);
    RankerBatches other = rankerCourse(world, sampling, 16);
    one.batch(0, 0);
    RankerBatch first = one.batch(3, 2);
    RankerBatch second = other.batch(3, 2);
    assertArrayEquals(first.candidates().posts().rows(), second.candidates().posts().rows());
    assertArrayEquals(first.targets(), second.targets());
    assertArrayEquals(first.histories().posts().rows(), second.histories().posts().rows());
    assertFalse(
        Arrays.equals(
            first.candidates().posts().rows(), one.batch(4, 2).candidates().posts().rows()));
  }

  @Test
  void theRankerSeesNothingOfTheFutureAndNoHeldOutImpression() {
    Dataset world = World.generate(new WorldSize(40, 32, 400, 20, 3), 1).dataset();
    TimeSplit split = TimeSplit.of(world);
    RankerBatches source = rankerCourse(world, RankerSampling.of(world, 4), 7);
    int candidates = 0;
    for (int index = 0; index < source.steps(); index++) {
      RankerBatch batch = source.batch(0, index);
      for (int user = 0; user < batch.histories().users(); user++) {
        assertTrue(batch.histories().length(user) <= 8);
        int count = batch.candidates().length(user);
        assertTrue(count >= 1 && count <= 4, "" + count);
        candidates += count;
      }
    }
    assertTrue(candidates > 40);
    int user = 0;
    ModelConfig config = ModelPlan.ranker(world, SMALL, NOTHING_TRAINED);
    int[] history = EngagedEvents.read(config, split.events(user), 5);
    assertTrue(IntStream.of(history).allMatch(i -> i < 5 && split.events(user).isEngaged(i)));
  }

  private static RankerBatches rankerCourse(Dataset data, RankerSampling sampling, int batch) {
    TimeSplit split = TimeSplit.of(data);
    return new RankerBatches(split, samples(data, split, sampling), batch, 4);
  }

  private static RankerSamples samples(Dataset data, TimeSplit split, RankerSampling sampling) {
    ModelConfig config = ModelPlan.ranker(data, SMALL, NOTHING_TRAINED);
    return new RankerSamples(split, new PostTable(config, data.catalog()), sampling);
  }

  @Test
  void anEpochOfSequencesHasEveryEventAboutOnceAndNeverAsItsOwnNegative() {
    Dataset data = sequences(6, 3, 40);
    RankerSampling sampling = RankerSampling.of(data, 32);
    assertEquals(1, sampling.horizon(), "the very next post");
    assertEquals(32, sampling.negatives());
    RankerBatches source = rankerCourse(data, sampling, 64);
    RankerBatch batch = source.batch(0, 0);
    // Events for training: 4 - 1, 1 - 1 and 32 - 1, without the first, which has no earlier event.
    assertEquals(3 + 31, batch.histories().users());
    int width = batch.candidates().posts().hashes();
    for (int user = 0; user < batch.histories().users(); user++) {
      int first = batch.candidates().offsets()[user];
      int positive = batch.candidates().posts().rows()[first * width];
      assertFalse(batch.negativeSample()[first]);
      assertEquals(1, batch.targets()[first * 19 + Events.FAVORITE]);
      assertTrue(batch.candidates().length(user) > 25, "a few negatives are positive by chance");
      for (int i = first + 1; i < first + batch.candidates().length(user); i++) {
        assertTrue(batch.negativeSample()[i]);
        assertEquals(0, batch.targets()[i * 19 + Events.FAVORITE]);
        assertTrue(batch.candidates().posts().rows()[i * width] != positive);
      }
    }
  }

  @Test
  void aMeasurementSeesTheSameNegativesEveryTimeAndAFairShareOfThem() {
    Dataset data = sequences(10, 20, 40);
    TimeSplit split = TimeSplit.of(data);
    RankerSamples samples = samples(data, split, RankerSampling.of(data, 32));
    ModelConfig config = ModelPlan.ranker(data, SMALL, NOTHING_TRAINED);
    List<int[]> seen = new ArrayList<>();
    Scorer constant =
        (probabilities, continuous, users, candidates) -> {
          seen.add(candidates.posts().rows());
          Arrays.fill(probabilities, 0.25f);
        };
    PostTable table = new PostTable(config, data.catalog());
    RankerValidation validation = new RankerValidation(constant, split, samples, table, 5);
    SequencedMap<String, Double> first = validation.measure();
    assertEquals(0.5, first.firstEntry().getValue(), 1e-12, "a ranker that tells nothing apart");
    assertEquals(first, validation.measure());
    assertArrayEquals(seen.getFirst(), seen.getLast());
  }

  @Test
  void aMeasurementWithoutPositivesOrNegativesIsRefusedAtTheStart() {
    Dataset data = sequences(10, 20, 40);
    TimeSplit split = TimeSplit.of(data);
    PostTable table = new PostTable(ModelPlan.ranker(data, SMALL, NOTHING_TRAINED), data.catalog());
    RankerSamples positives = samples(data, split, new RankerSampling(1, 0, 0));
    Scorer unused =
        (probabilities, continuous, users, candidates) -> {
          throw new AssertionError("nothing to score");
        };
    DatasetException refused =
        assertThrows(
            DatasetException.class, () -> new RankerValidation(unused, split, positives, table, 5));
    assertTrue(String.valueOf(refused.getMessage()).contains("--negatives"));
  }
}
