package dev.phoenix.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RankerOutput;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.model.Retriever;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Preset;
import dev.phoenix.scoring.Scorer;
import dev.phoenix.testing.RandomCandidates;
import dev.phoenix.testing.RandomHistory;
import dev.phoenix.testing.Seeds;
import dev.phoenix.testing.SmallArtifacts;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Objects that are not thread-safe throw for a concurrent second thread, and accept consecutive
 * calls of different threads.
 */
class OneThreadTest {
  private final Random random = Seeds.random("one thread");
  private final RandomHistory history = new RandomHistory(SmallArtifacts.config(), random, 7);
  private final Gate gate = new Gate();

  @TempDir Path folder = Path.of("");

  private Artifacts artifacts = new Artifacts(folder);

  @BeforeEach
  void write() {
    artifacts = SmallArtifacts.write(folder, random);
  }

  /** Operations that block in the first product after {@link #shut} until they are released. */
  private static final class Gate {
    private CountDownLatch reached = new CountDownLatch(0);
    private CountDownLatch opened = new CountDownLatch(0);
    private boolean shut;

    void shut() {
      reached = new CountDownLatch(1);
      opened = new CountDownLatch(1);
      shut = true;
    }

    private void pass(Method operation) throws InterruptedException {
      if (shut && operation.getName().equals("matmul")) {
        shut = false;
        reached.countDown();
        opened.await();
      }
    }

    Ops operations() {
      Ops ops = CpuOps.create(Precision.FLOAT32, 1);
      return (Ops)
          Proxy.newProxyInstance(
              Ops.class.getClassLoader(),
              new Class<?>[] {Ops.class},
              (_, operation, arguments) -> {
                pass(operation);
                try {
                  return operation.invoke(ops, arguments);
                } catch (InvocationTargetException failed) {
                  throw Objects.requireNonNull(failed.getCause());
                }
              });
    }
  }

  /** Calls from a second thread during a call of the first, then from both threads in turn. */
  private void assertOneAtATime(String name, String remedy, Runnable call) throws Exception {
    gate.shut();
    FutureTask<Boolean> first = new FutureTask<>(call, true);
    Thread.ofPlatform().name("the first caller").start(first);
    gate.reached.await();
    ConcurrentModificationException refused =
        assertThrows(ConcurrentModificationException.class, call::run);
    gate.opened.countDown();
    assertTrue(first.get(), "the first caller goes on undisturbed");
    assertEquals(
        "%s serves one thread at a time: thread '%s' called it while thread 'the first caller' was"
                .formatted(name, Thread.currentThread().getName())
            + " using it; "
            + remedy,
        refused.getMessage());
    call.run();
  }

  @Test
  void ranker() throws Exception {
    RandomCandidates candidates = new RandomCandidates(SmallArtifacts.config(), random, 5);
    try (Ops ops = gate.operations();
        Ranker ranker = Ranker.load(ops, artifacts.model("ranker"))) {
      RankerOutput output = ranker.output();
      assertOneAtATime(
          "Ranker",
          "give every thread a lane of its own with Ranker.lane",
          () -> ranker.rank(output, List.of(history), List.of(candidates)));
    }
  }

  @Test
  void retrievalModel() throws Exception {
    try (Ops ops = gate.operations();
        RetrievalModel model = RetrievalModel.load(ops, artifacts.model("retrieval"))) {
      float[] vector = new float[model.config().embSize()];
      assertOneAtATime(
          "RetrievalModel",
          "give every thread a lane of its own with RetrievalModel.lane",
          () -> model.encodeUsers(vector, new float[1], List.of(history)));
    }
  }

  @Test
  void retriever() throws Exception {
    try (Ops ops = gate.operations();
        Corpus corpus = Corpus.open(artifacts.corpus());
        RetrievalModel model = RetrievalModel.load(ops, artifacts.model("retrieval"));
        Retriever retriever = Retriever.create(ops, model, corpus, Precision.FLOAT32)) {
      assertOneAtATime(
          "Retriever",
          "make a retriever for every thread, with a lane of the operations and of the model",
          () ->
              assertEquals(
                  3, retriever.retrieve(List.of(history), 3, null).best().indices().length));
    }
  }

  @Test
  void pipeline() throws Exception {
    UserSequence user = SmallArtifacts.user(random, 7);
    try (Ops ops = gate.operations();
        Pipeline pipeline = Pipeline.open(ops, artifacts, artifacts.corpus())) {
      Scorer scorer = pipeline.scorer(Preset.PUBLISHED.options(), ActionTaxonomy.RUNNER);
      assertOneAtATime(
          "Pipeline",
          "open a pipeline for every thread, or use a ServingEngine for all of them",
          () -> assertEquals(3, pipeline.recommend(user, 3, scorer).items().size()));
    }
  }

  @Test
  void closingWaitsForNobody() throws Exception {
    try (Ops ops = gate.operations();
        Ranker ranker = Ranker.load(ops, artifacts.model("ranker"))) {
      RandomCandidates candidates = new RandomCandidates(SmallArtifacts.config(), random, 5);
      RankerOutput output = ranker.output();
      gate.shut();
      FutureTask<Boolean> first =
          new FutureTask<>(() -> ranker.rank(output, List.of(history), List.of(candidates)), true);
      Thread.ofPlatform().name("the first caller").start(first);
      gate.reached.await();
      assertThrows(ConcurrentModificationException.class, ranker::close);
      gate.opened.countDown();
      assertTrue(first.get());
    }
  }
}
