package dev.phoenix.serving;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.testing.RandomModel;
import dev.phoenix.testing.RepositoryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The demo checkpoint, variations of it, and requests. */
public final class Demo {
  /** The folder of the demo. */
  public static final Artifacts ARTIFACTS = new Artifacts(RepositoryFiles.path("checkpoints/demo"));

  private static final int ACTIONS = 19;

  private Demo() {}

  /** An engine on one core, without a model. */
  public static ServingEngine engine(EngineOptions options) {
    return engine(options, EngineMetrics.NONE);
  }

  /** An engine on one core of this machine that tells {@code metrics}, without a model. */
  public static ServingEngine engine(EngineOptions options, EngineMetrics metrics) {
    return ServingEngine.create(
        options, RequestLimits.DEFAULT, () -> CpuOps.create(Precision.FLOAT32, 1), metrics);
  }

  /** The default options with another batch size and cache size. */
  public static EngineOptions options(int batchSize, long keptBytes) {
    EngineOptions defaults = EngineOptions.DEFAULT;
    return new EngineOptions(
        batchSize,
        defaults.queueLimit(),
        defaults.inFlightLimit(),
        1,
        keptBytes,
        Duration.ofMinutes(5));
  }

  /** A copy of the demo whose ranker has other parameters. */
  public static Artifacts withOtherRanker(Path folder, Random random) throws IOException {
    copy(folder);
    ModelConfig config = ModelConfig.read(folder.resolve("ranker/config.json"));
    RandomModel.ranker(config, folder, random);
    Files.move(
        folder.resolve("ranker.npz"),
        folder.resolve("ranker/model_params.npz"),
        StandardCopyOption.REPLACE_EXISTING);
    return new Artifacts(folder);
  }

  /** A copy of the demo. */
  public static Artifacts copy(Path folder) throws IOException {
    Path demo = ARTIFACTS.directory();
    try (Stream<Path> files = Files.walk(demo)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = folder.resolve(demo.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return new Artifacts(folder);
  }

  /** A user with a random history of {@code length} posts. */
  public static UserSequence user(Random random, int length) {
    List<Engagement> history = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      SortedMap<Integer, Float> actions = new TreeMap<>();
      actions.put(random.nextInt(ACTIONS), 1f);
      actions.put(random.nextInt(ACTIONS), 1f);
      history.add(new Engagement(random.nextLong() | 1, random.nextLong() | 1, actions));
    }
    return new UserSequence(random.nextLong() | 1, history);
  }

  /** Random ids. */
  public static long[] ids(Random random, int count) {
    return random.longs(count).map(id -> id | 1).toArray();
  }

  /** A request with a deadline of five minutes. */
  public static ServingRequest patient(UserHistory user, Task task) {
    return new ServingRequest(user, task, System.nanoTime() + Duration.ofMinutes(5).toNanos());
  }
}
