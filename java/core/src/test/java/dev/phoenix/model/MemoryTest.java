package dev.phoenix.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.ops.Backend;
import dev.phoenix.ops.Ops;
import dev.phoenix.tensor.Scope;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.RandomCandidates;
import dev.phoenix.testing.RandomHistory;
import dev.phoenix.testing.RandomModel;
import dev.phoenix.testing.Seeds;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the allocations of requests and the release of memory when models are closed. */
class MemoryTest {
  /**
   * The activations of a request exceed 500 KB here, and boxing the vectors of any single loop
   * would add at least 20 KB. Most runs measure about 200 bytes, for views of the callers' lists;
   * runs in which the compiler boxed the vectors of a loop tail measured 13 KB.
   */
  private static final long BYTES_PER_REQUEST = 40_000;

  private final Random random = Seeds.random("memory");

  @TempDir Path folder = Path.of("");

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"CPU_FLOAT32", "CPU_BFLOAT16"})
  void aWarmRequestAllocatesAlmostNothing(Backend backend) throws IOException {
    Process probe =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                AllocationProbe.class.getName(),
                backend.name(),
                folder.toString(),
                Long.toString(BYTES_PER_REQUEST))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String printed = new String(probe.getInputStream().readAllBytes(), UTF_8).strip();
    assertTrue(printed.matches("\\d+"), "the probe printed: " + printed);
    assertTrue(
        Long.parseLong(printed) <= BYTES_PER_REQUEST,
        () -> "a warm request allocates " + printed + " bytes");
  }

  /** A proxy of {@code ops} that records every scope in which memory is allocated. */
  private static Ops watched(Ops ops, Set<Scope> scopes) {
    return (Ops)
        Proxy.newProxyInstance(
            Ops.class.getClassLoader(),
            new Class<?>[] {Ops.class},
            (proxy, method, arguments) -> {
              if (arguments != null
                  && arguments.length > 0
                  && arguments[0] instanceof Scope scope) {
                scopes.add(scope);
              }
              try {
                return method.invoke(ops, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void closedModelsHoldNoMemory(Backend backend) {
    Set<Scope> scopes = Collections.newSetFromMap(new IdentityHashMap<>());
    ModelConfig config = ConfigText.small().parse();
    try (Ops ops = backend.create(2)) {
      Ops watched = watched(ops, scopes);
      RetrievalModel retrieval =
          RetrievalModel.create(watched, config, RandomModel.retrieval(config, folder, random));
      Ranker ranker = Ranker.create(watched, config, RandomModel.ranker(config, folder, random));
      EncodedHistories kept = ranker.histories();
      for (int length : new int[] {3, 40}) {
        RandomHistory history = new RandomHistory(config, random, length);
        RandomCandidates posts = new RandomCandidates(config, random, length);
        retrieval.encodeUsers(new float[48], new float[1], List.of(history));
        retrieval.encodePosts(new float[48 * length], 0, posts);
        ranker.encode(kept, List.of(history));
        ranker.score(ranker.output(), kept, List.of(posts));
        ranker.rank(ranker.output(), List.of(history), List.of(posts));
      }
      assertTrue(kept.bytes() > 0);
      assertTrue(scopes.stream().mapToLong(Scope::liveBytes).sum() > 0);
      kept.close();
      ranker.close();
      retrieval.close();
      assertEquals(0, kept.bytes());
      assertTrue(scopes.size() > 10, "scopes of weights, states, tokens, towers, histories");
      for (Scope scope : scopes) {
        assertEquals(0, scope.liveBytes());
      }
      RandomHistory history = new RandomHistory(config, random, 3);
      assertThrows(IllegalStateException.class, () -> ranker.encode(kept, List.of(history)));
    }
  }
}
