package dev.phoenix.corpus.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.corpus.CorpusSettings;
import dev.phoenix.corpus.Durability;
import dev.phoenix.corpus.Ingestion;
import dev.phoenix.corpus.LiveCorpus;
import dev.phoenix.corpus.PostSource;
import dev.phoenix.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Corpora that read topics of a real broker, and what happens to broker, topic and files. */
@Timeout(240)
class RealBrokerTest {
  @TempDir static Path files;
  private static Broker broker;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException {
    broker = Broker.start(files);
  }

  @AfterAll
  static void stop() throws IOException {
    broker.close();
  }

  /** What a server has: a corpus that a topic feeds. */
  private static final class Served implements AutoCloseable {
    final LiveCorpus corpus;
    final Ingestion ingestion;

    Served(Path place, String topic, Map<String, Object> more) {
      this.corpus =
          LiveCorpus.open(
              new LiveCorpus.Place("posts", place, null),
              new Ones(),
              new CorpusSettings(Durability.SYSTEM, 16, 40, 10_000));
      Map<String, Object> settings = new java.util.HashMap<>(more);
      settings.put("bootstrap.servers", broker.bootstrap());
      settings.put("group.id", "the-same-for-all");
      this.ingestion = Ingestion.start(KafkaPostSource.open(topic, settings), corpus);
    }

    PostSource.@Nullable Progress progress() {
      return ingestion.progress();
    }

    int posts() {
      return corpus.statistics().posts();
    }

    /** Waits until the corpus has everything that the topic held when it was opened. */
    Served caughtUp() {
      Await.until(
          () -> "the end of the topic: " + progress() + ", failure " + ingestion.failure(),
          () -> {
            PostSource.Progress progress = progress();
            return progress != null && progress.reachedStart();
          });
      return this;
    }

    Served posts(int expected) {
      Await.until(
          () -> expected + " posts: " + posts() + ", " + progress() + ", " + ingestion.failure(),
          () -> posts() == expected);
      return this;
    }

    @Override
    public void close() {
      ingestion.close();
      corpus.close();
    }
  }

  private Served serve(String place, String topic) {
    return new Served(folder.resolve(place), topic, Map.of());
  }

  private static void remove(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  @Test
  void everyServerHasAllCommittedPostsAndALostFolderIsReadAgain() throws IOException {
    broker.create("posts", 3);
    broker.put("posts", 3, 1, 201);
    try (KafkaProducer<String, @Nullable String> producer = broker.producer("writer")) {
      producer.initTransactions();
      producer.beginTransaction();
      Broker.put(producer, "posts", 3, 201, 301);
      producer.commitTransaction();
      producer.beginTransaction();
      Broker.put(producer, "posts", 3, 1000, 1100);
      producer.abortTransaction();
    }
    try (Served one = serve("one", "posts").caughtUp();
        Served two = serve("two", "posts").caughtUp()) {
      assertEquals(300, one.posts());
      assertEquals(300, two.posts());
      assertEquals(300, two.ingestion.changes());
      try (KafkaProducer<String, @Nullable String> producer = broker.producer("writer")) {
        producer.initTransactions();
        producer.beginTransaction();
        Broker.put(producer, "posts", 3, 301, 311);
        producer.commitTransaction();
      }
      one.posts(310);
      two.posts(310);
    }
    remove(folder.resolve("one"));
    try (Served one = serve("one", "posts").caughtUp();
        Served two = serve("two", "posts").caughtUp()) {
      assertEquals(310, one.posts(), "a lost folder is read again");
      assertEquals(0, two.ingestion.changes(), "nothing is read twice");
      assertEquals(310, two.posts());
    }
    Map<String, Object> uncommitted = Map.of("isolation.level", "read_uncommitted");
    try (Served all = new Served(folder.resolve("all"), "posts", uncommitted).caughtUp()) {
      assertEquals(410, all.posts());
    }
  }

  @Test
  void aBrokerThatFailsIsWaitedFor() throws IOException, InterruptedException {
    broker.create("restart", 2);
    broker.put("restart", 2, 1, 51);
    try (Served served = serve("restart", "restart").caughtUp()) {
      assertEquals(50, served.posts());
      broker.restart();
      broker.put("restart", 2, 51, 101);
      served.posts(100);
      assertNull(served.ingestion.failure());
      assertEquals(0, resets(served));
    }
  }

  private static long resets(Served served) {
    PostSource.Progress progress = served.progress();
    return progress == null ? -1 : progress.resets();
  }

  @Test
  void partitionsThatAreAddedAreRead() {
    broker.create("growing", 1);
    broker.put("growing", 1, 1, 11);
    try (Served served = serve("growing", "growing").caughtUp()) {
      broker.grow("growing", 3);
      broker.put("growing", 3, 11, 41);
      served.posts(40);
    }
  }

  @Test
  void recordsThatRetentionDeletedAreSaidToBeMissing() {
    broker.create("short", 1);
    broker.put("short", 1, 1, 11);
    try (Served served = serve("short", "short").caughtUp()) {
      assertEquals(10, served.posts());
    }
    broker.put("short", 1, 11, 101);
    broker.deleteBefore("short", 0, 60);
    try (Served served = serve("short", "short").caughtUp()) {
      assertEquals(50, served.posts());
      assertEquals(1, resets(served));
    }
  }

  @Test
  void aTopicOfTheSameNameIsReadFromItsBeginning() {
    broker.create("again", 1);
    broker.put("again", 1, 1, 11);
    try (Served served = serve("again", "again").caughtUp()) {
      assertEquals(10, served.posts());
    }
    broker.delete("again");
    broker.create("again", 1);
    broker.put("again", 1, 101, 121);
    try (Served served = serve("again", "again").caughtUp()) {
      assertEquals(30, served.posts());
      assertEquals(1, resets(served));
    }
  }

  @Test
  void bytesThatAreNoRecordArePassedOver() throws IOException {
    broker.create("damaged", 1);
    for (int id = 1; id <= 3; id++) {
      broker.put("damaged", 1, id, id + 1); // a batch each
    }
    Path segment = broker.segment("damaged", 0);
    try (FileChannel log = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      long ofBatch = log.size() / 3;
      var _ = log.write(ByteBuffer.wrap(new byte[] {'!'}), 2 * ofBatch - 2);
    }
    try (Served served = serve("damaged", "damaged").caughtUp()) {
      assertEquals(2, served.posts());
      PostSource.Progress progress = served.progress();
      assertTrue(progress != null && progress.malformed() == 1, () -> "found " + progress);
    }
  }
}
