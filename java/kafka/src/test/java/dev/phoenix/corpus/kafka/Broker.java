package dev.phoenix.corpus.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** A real Kafka broker in a process of its own, on the loopback interface. */
final class Broker implements AutoCloseable {
  private static final String CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg";

  private final Path folder;
  private final int port;
  private Process process;

  private Broker(Path folder, int port) throws IOException {
    this.folder = folder;
    this.port = port;
    this.process = run();
  }

  /** Starts a broker with its files in {@code folder}; it answers a while later. */
  static Broker start(Path folder) throws IOException {
    int port = freePort();
    int controller = freePort();
    Properties properties = new Properties();
    properties.putAll(
        Map.of(
            "process.roles", "broker,controller",
            "node.id", "1",
            "controller.quorum.voters", "1@127.0.0.1:" + controller,
            "listeners",
                "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controller),
            "advertised.listeners", "PLAINTEXT://127.0.0.1:" + port,
            "controller.listener.names", "CONTROLLER",
            "log.dirs", folder.resolve("data").toString(),
            "auto.create.topics.enable", "false",
            "log.cleaner.enable", "false"));
    for (String one :
        List.of(
            "offsets.topic.replication.factor",
            "offsets.topic.num.partitions",
            "transaction.state.log.replication.factor",
            "transaction.state.log.min.isr",
            "transaction.state.log.num.partitions",
            "num.network.threads",
            "background.threads")) {
      properties.put(one, "1");
    }
    try (var out = Files.newBufferedWriter(folder.resolve("server.properties"))) {
      properties.store(out, null);
    }
    return new Broker(folder, port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return taken.getLocalPort();
    }
  }

  private Process run() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            BrokerProcess.class.getName(),
            folder.resolve("server.properties").toString(),
            CLUSTER)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("broker.log").toFile())
        .start();
  }

  /** Kills the broker without a warning, as a machine that fails, and starts it again. */
  void restart() throws IOException, InterruptedException {
    close();
    process = run();
  }

  String bootstrap() {
    return "127.0.0.1:" + port;
  }

  /** The end of what the broker has said. */
  String said() {
    try {
      byte[] all = Files.readAllBytes(folder.resolve("broker.log"));
      int from = Math.max(0, all.length - 4000);
      return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file of the first records of a partition. */
  Path segment(String topic, int partition) {
    return folder.resolve("data/%s-%d/00000000000000000000.log".formatted(topic, partition));
  }

  /** Creates a topic, once the broker answers. */
  void create(String topic, int partitions) {
    administer(
        admin -> admin.createTopics(Set.of(new NewTopic(topic, partitions, (short) 1))).all());
  }

  void delete(String topic) {
    administer(admin -> admin.deleteTopics(Set.of(topic)).all());
  }

  void grow(String topic, int partitions) {
    administer(
        admin -> admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all());
  }

  /** Deletes the records of a partition before an offset, as retention does. */
  void deleteBefore(String topic, int partition, long offset) {
    TopicPartition from = new TopicPartition(topic, partition);
    administer(
        admin -> admin.deleteRecords(Map.of(from, RecordsToDelete.beforeOffset(offset))).all());
  }

  private interface Administration {
    KafkaFuture<?> of(Admin admin);
  }

  private void administer(Administration work) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", bootstrap(),
            "default.api.timeout.ms", "90000",
            "request.timeout.ms", "60000");
    try (Admin admin = Admin.create(settings)) {
      var _ = work.of(admin).get();
    } catch (ExecutionException failed) {
      throw new AssertionError("the broker refused; it said: " + said(), failed);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** A producer; with transactions where it has an id for them. */
  KafkaProducer<String, @Nullable String> producer(@Nullable String transactionalId) {
    Map<String, Object> settings = new java.util.HashMap<>();
    settings.put("bootstrap.servers", bootstrap());
    settings.put("max.block.ms", "90000");
    settings.put("linger.ms", "0");
    if (transactionalId != null) {
      settings.put("transactional.id", transactionalId);
    }
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  /**
   * Writes posts with ids from {@code from} to before {@code to}, one partition after the other.
   */
  void put(String topic, int partitions, int from, int to) {
    try (KafkaProducer<String, @Nullable String> producer = producer(null)) {
      put(producer, topic, partitions, from, to);
    }
  }

  static void put(
      KafkaProducer<String, @Nullable String> producer,
      String topic,
      int partitions,
      int from,
      int to) {
    for (int id = from; id < to; id++) {
      var _ =
          producer.send(
              new ProducerRecord<>(
                  topic, id % partitions, Integer.toString(id), "{\"author_id\": 7}"));
    }
    producer.flush();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    try {
      process.waitFor(Duration.ofMinutes(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
