package dev.phoenix.ops.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.model.EncodedHistories;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.pipeline.Pipeline;
import dev.phoenix.ptx.emulator.EmulatedDevice;
import dev.phoenix.ptx.emulator.EmulatorOptions;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Preset;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.RandomCandidates;
import dev.phoenix.testing.RandomHistory;
import dev.phoenix.testing.RandomModel;
import dev.phoenix.testing.RepositoryFiles;
import dev.phoenix.testing.Seeds;
import dev.phoenix.training.GoldenSteps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the graph launches every kernel that is built. */
class KernelsInUseTest {
  private static final Path SOURCES = RepositoryFiles.path("kernels/src/main/cuda");

  /**
   * Entries of activation_backward have the names of their functions. The golden steps use neither
   * dropout nor the sigmoid of a trainer's scores.
   */
  private static final Set<String> NOT_SEEN_HERE =
      Set.of("activation_backward", "dropout", "sigmoid");

  private final Random random = Seeds.random("kernels in use");
  private final Set<String> launched = new ConcurrentSkipListSet<>();

  @TempDir Path folder = Path.of("");

  @Test
  void theGraphLaunchesEveryKernelThereIs() throws IOException {
    assumeTrue(GpuOps.hasKernels(), "no PTX in this build: it was made without nvcc");
    try (Ops ops = GpuOps.create("emulated", device(), KernelLibrary.Form.PTX)) {
      rankWithIpHashes(ops);
      encodePosts(ops);
      recommend(ops);
    }
    try (GpuGradientOps training =
        GpuGradientOps.create("emulated", device(), KernelLibrary.Form.PTX)) {
      GoldenSteps.run(training);
    }
    Set<String> unused = new TreeSet<>();
    try (var files = Files.list(SOURCES)) {
      files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".cu"))
          .map(name -> name.substring(0, name.length() - ".cu".length()))
          .filter(stem -> launched.stream().noneMatch(entry -> isOf(stem, entry)))
          .forEach(unused::add);
    }
    assertTrue(launched.size() > 15, launched.toString());
    assertEquals(NOT_SEEN_HERE, unused, () -> "launched: " + launched);
  }

  /**
   * An entry's name is the stem of its file, or the stem with a variant; a stem may be the prefix
   * of another.
   */
  private static boolean isOf(String stem, String entry) {
    return entry.equals(stem)
        || (entry.startsWith(stem + "_") && !entry.startsWith(stem + "_merge"));
  }

  private EmulatedDevice device() {
    EmulatedDevice device =
        EmulatedDevice.create(EmulatorOptions.strict().withChecks(EmulatorOptions.Checks.NONE));
    device.onLaunch(counts -> launched.add(counts.kernel()));
    return device;
  }

  private void rankWithIpHashes(Ops ops) {
    ModelConfig config = ConfigText.small().with("num_ip_hashes", 1).parse();
    try (Ranker ranker = Ranker.create(ops, config, RandomModel.ranker(config, folder, random))) {
      ranker.rank(
          ranker.output(),
          List.of(new RandomHistory(config, random, 12)),
          List.of(new RandomCandidates(config, random, 5)));
      keepHistory(ranker, new RandomHistory(config, random, 12));
    }
  }

  private static void keepHistory(Ranker ranker, RandomHistory history) {
    try (EncodedHistories encoded = ranker.histories();
        EncodedHistories kept = ranker.histories()) {
      ranker.encode(encoded, List.of(history));
      ranker.copy(kept, List.of(new Ranker.EncodedHistory(encoded, 0)));
      assertEquals(13, kept.length(0), "rows: the user's and those of the history");
    }
  }

  private void encodePosts(Ops ops) {
    ModelConfig config = ConfigText.small().parse();
    try (RetrievalModel model =
        RetrievalModel.create(ops, config, RandomModel.retrieval(config, folder, random))) {
      model.encodePosts(
          new float[3 * config.embSize()], 0, new RandomCandidates(config, random, 3));
    }
  }

  private static void recommend(Ops ops) {
    Artifacts demo = new Artifacts(RepositoryFiles.path("checkpoints/demo"));
    try (Pipeline pipeline = Pipeline.open(ops, demo, demo.corpus())) {
      UserSequence user = UserSequence.read(demo.sequence());
      var feed =
          pipeline.recommend(
              user, 20, pipeline.scorer(Preset.PUBLISHED.options(), ActionTaxonomy.ENUM));
      assertEquals(20, feed.items().size());
    }
  }
}
