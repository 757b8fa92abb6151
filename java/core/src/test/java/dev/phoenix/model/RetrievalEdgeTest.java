package dev.phoenix.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.checkpoint.UserPooling;
import dev.phoenix.feature.HistoryFeatures;
import dev.phoenix.ops.Backend;
import dev.phoenix.ops.Ops;
import dev.phoenix.testing.Closeness;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.RandomCandidates;
import dev.phoenix.testing.RandomHistory;
import dev.phoenix.testing.RandomModel;
import dev.phoenix.testing.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests edge cases of users and posts, and users in batches. */
class RetrievalEdgeTest {
  private final Random random = Seeds.random("retrieval edges");

  @TempDir Path folder = Path.of("");

  private static float[] encode(RetrievalModel model, List<? extends HistoryFeatures> users) {
    float[] vectors = new float[users.size() * model.config().embSize()];
    model.encodeUsers(vectors, new float[users.size()], users);
    return vectors;
  }

  private List<HistoryFeatures> users(ModelConfig config) {
    return new ArrayList<>(
        List.of(
            new RandomHistory(config, random, 40),
            new RandomHistory(config, random, 0),
            new RandomHistory(config, random, 9).withPaddingAt(0, 4, 8),
            new RandomHistory(config, random, 0).withoutUser(),
            new RandomHistory(config, random, 3).withoutUser(),
            new RandomHistory(config, random, 2).withPaddingAt(0, 1).withoutUser(),
            new RandomHistory(config, random, 31)));
  }

  @ParameterizedTest
  @CsvSource({"33, true, 1, MEAN", "48, false, 2, LAST", "17, true, 3, LAST", "1, false, 1, MEAN"})
  void oddConfigurationsGiveTheReferencesVectors(
      int width, boolean projected, int hashes, UserPooling pooling) {
    ModelConfig config =
        ConfigText.small()
            .with("emb_size", width)
            .with("enable_linear_proj", projected)
            .with("num_item_hashes", hashes)
            .with("num_user_hashes", hashes)
            .with("user_pooling", '"' + pooling.toString() + '"')
            .parse();
    ModelParameters parameters = RandomModel.retrieval(config, folder, random);
    List<HistoryFeatures> users = users(config);
    RandomCandidates posts = new RandomCandidates(config, random, 13);
    try (Ops cpuOps = Backend.CPU_FLOAT32.create(2);
        Ops referenceOps = Backend.REFERENCE.create(1);
        RetrievalModel cpu = RetrievalModel.create(cpuOps, config, parameters);
        RetrievalModel reference = RetrievalModel.create(referenceOps, config, parameters)) {
      Closeness.assertWithin("users", encode(reference, users), encode(cpu, users), i -> 2e-5);
      float[] expected = new float[13 * width + 4];
      float[] found = new float[13 * width + 4];
      reference.encodePosts(expected, 2, posts);
      cpu.encodePosts(found, 2, posts);
      Closeness.assertWithin("posts", expected, found, i -> 2e-5);
      cpu.encodePosts(found, 0, new RandomCandidates(config, random, 0));
    }
  }

  private static Stream<Arguments> backendsAndPoolings() {
    return Stream.of(Backend.values())
        .flatMap(
            backend ->
                Stream.of(UserPooling.values()).map(pooling -> Arguments.of(backend, pooling)));
  }

  @ParameterizedTest
  @MethodSource("backendsAndPoolings")
  void aUserIsEncodedTheSameAmongOthers(Backend backend, UserPooling pooling) {
    ModelConfig config =
        ConfigText.small().with("user_pooling", '"' + pooling.toString() + '"').parse();
    ModelParameters parameters = RandomModel.retrieval(config, folder, random);
    List<HistoryFeatures> users = users(config);
    for (int i = 0; i < 8; i++) {
      users.add(new RandomHistory(config, random, 40));
    }
    try (Ops ops = backend.create(2);
        RetrievalModel model = RetrievalModel.create(ops, config, parameters)) {
      float[] together = encode(model, users);
      for (int i = 0; i < users.size(); i++) {
        float[] alone = encode(model, List.of(users.get(i)));
        float[] among = Arrays.copyOfRange(together, i * 48, (i + 1) * 48);
        Closeness.assertSame("user " + i, alone, among);
      }
      assertEquals(0, encode(model, List.of()).length);
    }
  }

  /** With one position, mean and last agree; with several, they differ. */
  @Test
  void poolingsAgreeOnASinglePositionAlone() {
    ModelConfig mean = ConfigText.small().parse();
    ModelConfig last = ConfigText.small().with("user_pooling", "\"last\"").parse();
    ModelParameters parameters = RandomModel.retrieval(mean, folder, random);
    List<HistoryFeatures> one = List.of(new RandomHistory(mean, random, 0));
    List<HistoryFeatures> several = List.of(new RandomHistory(mean, random, 9));
    for (Backend backend : Backend.available()) {
      try (Ops ops = backend.create(1);
          RetrievalModel means = RetrievalModel.create(ops, mean, parameters);
          RetrievalModel lasts = RetrievalModel.create(ops, last, parameters)) {
        Closeness.assertSame("user alone", encode(means, one), encode(lasts, one));
        assertFalse(Arrays.equals(encode(means, several), encode(lasts, several)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(UserPooling.class)
  void aRequestWithoutAnyTokenIsTheZeroVector(UserPooling pooling) {
    ModelConfig config =
        ConfigText.small().with("user_pooling", '"' + pooling.toString() + '"').parse();
    ModelParameters parameters = RandomModel.retrieval(config, folder, random);
    for (Backend backend : Backend.available()) {
      try (Ops ops = backend.create(1);
          RetrievalModel model = RetrievalModel.create(ops, config, parameters)) {
        RandomHistory nobody = new RandomHistory(config, random, 0).withoutUser();
        Closeness.assertSame("nobody", new float[48], encode(model, List.of(nobody)));
      }
    }
  }
}
