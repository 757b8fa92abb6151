package dev.phoenix.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Trainable;
import dev.phoenix.ops.cpu.CpuGradientOps;
import dev.phoenix.testing.Closeness;
import dev.phoenix.testing.Seeds;
import dev.phoenix.training.TrainingConfig.RetrievalLoss.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that results are bit-identical across runs, thread counts, checkpoints and kills, and that
 * bad batches are refused.
 */
class TrainerTest {
  private static final int STEPS = 5;

  @TempDir Path folder;

  private final RandomTraining random = new RandomTraining(RandomTraining.text().parse());
  private final TrainingConfig config =
      random.config(
          new TrainingConfig.RetrievalLoss(
              Math.log(0.1),
              Set.of(Option.LEARN_TEMPERATURE, Option.LOG_Q, Option.IN_BATCH, Option.EXCLUDE_SAME),
              9),
          0.2);

  /** All values that training changes. */
  private static float[] all(TrainingState state) {
    float[] table = new float[state.table().rows() * state.table().columns()];
    state.table().copyRows(0, state.table().rows(), table);
    float[] accumulators = new float[state.table().rows()];
    state.table().copyAccumulators(0, accumulators.length, accumulators);
    float[] all = join(table, accumulators);
    for (Trainable parameter : state.parameters().all()) {
      all = join(all, parameter.value().toArray());
      all = join(all, parameter.firstMoment().toArray());
      all = join(all, parameter.secondMoment().toArray());
    }
    return all;
  }

  private static float[] join(float[] left, float[] right) {
    float[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }

  private float[] trainRetrieval(int threads) {
    try (GradientOps ops = CpuGradientOps.create(threads);
        RetrievalTrainer trainer = RetrievalTrainer.init(ops, config, 3)) {
      for (int step = 0; step < STEPS; step++) {
        trainer.update(random.retrieval(step, 40, true));
      }
      return all(trainer.state());
    }
  }

  private float[] trainRanker(int threads) {
    try (GradientOps ops = CpuGradientOps.create(threads);
        RankerTrainer trainer = RankerTrainer.init(ops, config, 3)) {
      for (int step = 0; step < STEPS; step++) {
        trainer.update(random.ranker(step, 40));
      }
      return all(trainer.state());
    }
  }

  @Test
  void theSameBitsInEveryRunAndOnAnyNumberOfCores() {
    float[] retrieval = trainRetrieval(1);
    Closeness.assertSame("again", retrieval, trainRetrieval(1));
    Closeness.assertSame("on 3 cores", retrieval, trainRetrieval(3));
    float[] ranker = trainRanker(1);
    Closeness.assertSame("on 2 cores", ranker, trainRanker(2));
    Closeness.assertSame("on 5 cores", ranker, trainRanker(5));
  }

  @Test
  void aResumedTrainingGoesOnWithTheSameBits() {
    Path file = folder.resolve("retrieval.npz");
    Path rankerFile = folder.resolve("ranker.npz");
    try (GradientOps ops = CpuGradientOps.create(2)) {
      RetrievalTrainer trainer = RetrievalTrainer.init(ops, config, 3);
      RankerTrainer ranker = RankerTrainer.init(ops, config, 3);
      for (int step = 0; step < STEPS; step++) {
        if (step == 2) {
          trainer.save(file, 17, 4);
          trainer.close();
          trainer = RetrievalTrainer.resume(ops, config, file);
          assertArrayEquals(new long[] {17, 4}, trainer.progress());
          ranker.save(rankerFile);
          ranker.close();
          ranker = RankerTrainer.resume(ops, config, rankerFile);
        }
        assertEquals(step, trainer.step());
        trainer.update(random.retrieval(step, 40, true));
        ranker.update(random.ranker(step, 40));
      }
      Closeness.assertSame("retrieval", trainRetrieval(2), all(trainer.state()));
      Closeness.assertSame("ranker", trainRanker(2), all(ranker.state()));
      trainer.close();
      ranker.close();
    }
  }

  @Test
  void aCheckpointOfAnotherTrainingOrADamagedOneIsRefused() throws IOException {
    Path file = folder.resolve("retrieval.npz");
    TrainingConfig other = random.config(TrainingConfig.RetrievalLoss.DEFAULT, 0.2);
    try (GradientOps ops = CpuGradientOps.create(1);
        RetrievalTrainer trainer = RetrievalTrainer.init(ops, config, 3)) {
      trainer.save(file);
      assertThrows(IllegalArgumentException.class, () -> RetrievalTrainer.resume(ops, other, file));
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
      assertThrows(CheckpointException.class, () -> RetrievalTrainer.resume(ops, config, file));
    }
  }

  /** Kills the training with SIGKILL at any time: the checkpoint is intact and resumes exactly. */
  @Test
  void aKilledTrainingLosesNoCheckpoint() throws IOException, InterruptedException {
    Path file = folder.resolve("killed.npz");
    Random moments = Seeds.random("moments to kill at");
    for (int round = 0; round < 3; round++) {
      Process child = start(file);
      try (var output = child.inputReader()) {
        for (int saves = 0; saves < 3; saves++) {
          String line = output.readLine();
          assertTrue(line != null && !line.isEmpty(), "the child ended by itself");
        }
        Thread.sleep(moments.nextInt(60));
        child.destroyForcibly();
        assertTrue(child.waitFor(60, TimeUnit.SECONDS));
      }
    }
    try (GradientOps ops = CpuGradientOps.create(2);
        RetrievalTrainer killed = RetrievalTrainer.resume(ops, ChildTraining.config(), file);
        RetrievalTrainer whole = RetrievalTrainer.init(ops, ChildTraining.config(), 5)) {
      assertTrue(killed.step() >= 9, "three rounds of three steps at least");
      assertArrayEquals(new long[] {killed.step()}, killed.progress());
      while (whole.step() < killed.step()) {
        whole.update(ChildTraining.batch(whole.step()));
      }
      Closeness.assertSame("killed", all(whole.state()), all(killed.state()));
    }
  }

  private static Process start(Path file) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ChildTraining.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void aStepWithoutAFiniteGradientChangesNothingAndIsCounted() {
    try (GradientOps ops = CpuGradientOps.create(2);
        RankerTrainer trainer = RankerTrainer.init(ops, config, 3)) {
      RankerBatch batch = random.ranker(1, 10);
      assertFalse(trainer.update(batch).skipped());
      float[] before = all(trainer.state());
      float[] targets = batch.targets().clone();
      targets[3] = Float.POSITIVE_INFINITY;
      StepLog log =
          trainer.update(
              new RankerBatch(
                  batch.histories(),
                  batch.candidates(),
                  targets,
                  batch.negativeSample(),
                  batch.dwellTargets()));
      assertTrue(log.skipped());
      assertEquals(1, log.skippedSteps());
      assertEquals(2, log.step());
      Closeness.assertSame("state", before, all(trainer.state()));
      assertFalse(trainer.update(batch).skipped());
    }
  }

  @Test
  void reservedRowsNeverMoveAndLossFalls() {
    try (GradientOps ops = CpuGradientOps.create(2);
        RetrievalTrainer trainer = RetrievalTrainer.init(ops, config, 3)) {
      RetrievalBatch batch = random.retrieval(1, 30, true);
      double first = trainer.loss(batch);
      for (int step = 0; step < 30; step++) {
        trainer.update(batch);
      }
      double last = trainer.loss(batch);
      assertTrue(last < first / 2, "loss from " + first + " to " + last);
      float[] reserved = new float[65 * trainer.dimension()];
      trainer.state().table().copyRows(0, 65, reserved);
      assertArrayEquals(new float[reserved.length], reserved);
    }
  }

  @Test
  void batchesThatDoNotFitAreRefused() {
    try (GradientOps ops = CpuGradientOps.create(1);
        RankerTrainer trainer = RankerTrainer.init(ops, config, 3)) {
      RankerBatch batch = random.ranker(1, 5);
      HistoryBatch histories = batch.histories();
      int[] rows = histories.posts().rows().clone();
      rows[0] = trainer.state().table().rows();
      for (PostRows posts :
          List.of(new PostRows(histories.posts().count(), rows), paddingFirst(histories))) {
        HistoryBatch bad =
            new HistoryBatch(
                histories.users(),
                histories.userRows(),
                histories.offsets(),
                posts,
                histories.actions(),
                histories.surfaces(),
                histories.dwellSeconds());
        RankerBatch whole =
            new RankerBatch(
                bad,
                batch.candidates(),
                batch.targets(),
                batch.negativeSample(),
                batch.dwellTargets());
        assertThrows(IllegalArgumentException.class, () -> trainer.update(whole));
      }
      assertThrows(IllegalArgumentException.class, () -> new Queries(new int[] {1, 0}, new int[2]));
    }
  }

  private static PostRows paddingFirst(HistoryBatch histories) {
    int[] rows = histories.posts().rows().clone();
    rows[0] = 0;
    return new PostRows(histories.posts().count(), rows);
  }
}
