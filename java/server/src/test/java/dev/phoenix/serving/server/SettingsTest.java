package dev.phoenix.serving.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.serving.tracing.TraceOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Defaults, file, environment, flags: later ones override earlier ones. */
class SettingsTest {
  @TempDir Path folder = Path.of("");

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("phoenix.properties"), text);
  }

  @Test
  void theLaterOutdoesTheEarlier() throws IOException {
    Path file = file("batch-size = 8\nqueue-limit = 9\ntop-k = 10\n");
    Settings settings =
        Settings.resolve(
            file,
            Map.of("PHOENIX_QUEUE_LIMIT", "19", "PHOENIX_TOP_K", "20"),
            Map.of(Setting.TOP_K, "30"));
    assertEquals("127.0.0.1", settings.get(Setting.HOST));
    assertEquals("8", settings.get(Setting.BATCH_SIZE));
    assertEquals("19", settings.get(Setting.QUEUE_LIMIT));
    assertEquals("30", settings.get(Setting.TOP_K));
    String printed = settings.print();
    assertTrue(printed.contains("batch-size = 8"), printed);
    assertTrue(printed.contains("[phoenix.properties]\nbatch-size"), printed);
    assertTrue(printed.contains("[PHOENIX_QUEUE_LIMIT]\nqueue-limit"), printed);
    assertTrue(printed.contains("[--top-k]\ntop-k"), printed);
    Settings again = Settings.resolve(file(printed), Map.of(), Map.of());
    for (Setting setting : Setting.values()) {
      assertEquals(settings.get(setting), again.get(setting), setting.key());
    }
  }

  @Test
  void aTokenIsNeverPrinted() {
    String token = "correct-horse-battery";
    Settings settings = Settings.resolve(null, Map.of("PHOENIX_ADMIN_TOKEN", token), Map.of());
    assertFalse(settings.print().contains(token));
    assertTrue(settings.print().contains("(set, not shown)"));
  }

  @ParameterizedTest
  @CsvSource({
    "BATCH_SIZE, 0",
    "BATCH_SIZE, many",
    "GRPC_PORT, 65536",
    "BACKEND, tpu",
    "PRECISION, int4",
    "TAXONOMY, other",
    "WEIGHTS, favorite",
    "NO_RANKER, yes",
    "ADMIN_PORT, 9091",
    "ADMIN_TOKEN, short",
    "TLS_CERTIFICATE, cert.pem",
    "DEFAULT_DEADLINE_MS, 0",
    "KAFKA_BOOTSTRAP, localhost:9092",
    "KAFKA_TOPIC, posts",
    "TRACES, on",
    "TRACES, ''",
    "TRACES, http://127.0.0.1:4318",
    "TRACES, grpc://127.0.0.1:4317/v1/traces",
    "TRACES, http://user:secret@127.0.0.1:4318/v1/traces",
    "TRACES, http:///v1/traces",
    "TRACES, http://127.0.0.1:99999/v1/traces",
    "TRACES_SHARE, 1.1",
    "TRACES_SHARE, -0.5",
    "TRACES_SHARE, NaN",
  })
  void aValueThatIsNoneIsRefused(Setting setting, String text) {
    Settings settings = Settings.resolve(null, Map.of(), Map.of(setting, text));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> ServerConfig.of(settings, Path.of("demo")));
    assertFalse(String.valueOf(refused.getMessage()).contains("\n"));
  }

  @Test
  void tracesAreOffUntilACollectorIsNamed() {
    assertTrue(config(Map.of()).traces().isEmpty());
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    flags.put(Setting.TRACES, "https://collector.example/v1/traces");
    flags.put(Setting.TRACES_SHARE, "0.25");
    TraceOptions traces = config(flags).traces().orElseThrow();
    assertEquals("https://collector.example/v1/traces", traces.endpoint().toString());
    assertEquals(0.25, traces.share());
    flags.put(Setting.TRACES, "yes");
    assertEquals(
        "traces: expected off or a collector's URL such as http://127.0.0.1:4318/v1/traces, found"
            + " 'yes'",
        refusal(flags));
  }

  @Test
  void aTopicTakesALiveFolderAndACorpusThatThereIs() throws IOException {
    Path file = file("security.protocol = SSL\n");
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    flags.put(Setting.KAFKA_BOOTSTRAP, "a:9092,b:9092");
    flags.put(Setting.KAFKA_TOPIC, "posts");
    flags.put(Setting.KAFKA_PROPERTIES, file.toString());
    assertEquals("kafka-topic: expected a live-folder beside it", refusal(flags));
    flags.put(Setting.LIVE_FOLDER, "live");
    flags.put(Setting.KAFKA_CORPUS, "fresh");
    assertTrue(refusal(flags).contains("found 'fresh'"));
    flags.put(Setting.CORPORA, "fresh");
    ServerConfig.KafkaFeed feed = config(flags).posts().kafka().orElseThrow();
    assertEquals("posts", feed.topic());
    assertEquals("fresh", feed.corpus());
    assertEquals(
        Map.of(
            "security.protocol", "SSL",
            "bootstrap.servers", "a:9092,b:9092",
            "isolation.level", "read_committed"),
        feed.settings());
    assertTrue(feed.readyAtStart());
    flags.put(Setting.KAFKA_ISOLATION, "none");
    assertEquals(
        "kafka-isolation: expected read_committed or read_uncommitted, found 'none'",
        refusal(flags));
    flags.put(Setting.KAFKA_ISOLATION, "read_uncommitted");
    for (String own : List.of("group.id", "bootstrap.servers", "auto.offset.reset")) {
      flags.put(Setting.KAFKA_PROPERTIES, file(own + " = x\n").toString());
      assertTrue(refusal(flags).contains(" has " + own + ","), refusal(flags));
    }
    flags.put(Setting.KAFKA_PROPERTIES, folder.resolve("none").toString());
    assertTrue(refusal(flags).contains("cannot be read"));
  }

  @Test
  void namesOfCorporaAreStrippedAndStandOnce() {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    flags.put(Setting.LIVE_FOLDER, "live");
    flags.put(Setting.CORPORA, "sports, local ,b_2");
    assertEquals(List.of("sports", "local", "b_2"), config(flags).posts().further());
    for (String wrong : List.of("a,b, a", "a,default", "a,,b", "a,", "Sports", "../a")) {
      flags.put(Setting.CORPORA, wrong);
      String refusal = refusal(flags);
      assertTrue(refusal.startsWith("corpora: expected "), refusal);
    }
    flags.put(Setting.CORPORA, "a, a");
    assertEquals("corpora: expected corpora of different names, found 'a' again", refusal(flags));
  }

  private static ServerConfig config(Map<Setting, String> flags) {
    return ServerConfig.of(Settings.resolve(null, Map.of(), flags), Path.of("demo"));
  }

  private static String refusal(Map<Setting, String> flags) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> config(flags));
    return String.valueOf(refused.getMessage());
  }

  @Test
  void anUnknownKeyIsRefused() throws IOException {
    Path file = file("batchsize = 8\n");
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> Settings.resolve(file, Map.of(), Map.of()));
    assertTrue(String.valueOf(refused.getMessage()).contains("'batchsize'"));
  }
}
