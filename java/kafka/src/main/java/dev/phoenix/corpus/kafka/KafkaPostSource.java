package dev.phoenix.corpus.kafka;

import dev.phoenix.corpus.Post;
import dev.phoenix.corpus.PostChange;
import dev.phoenix.corpus.PostSource;
import dev.phoenix.lifecycle.Closer;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Changes of posts from a topic. A record's key is the post's id in decimal digits; its value is
 * {@code {"author_id": "7", "topic": "sports", "attributes": "3"}}, topic and attributes optional,
 * or nothing, which removes the post. A compacted topic is thereby a whole corpus. Records of
 * another form are passed over, counted and logged: one of them must not stop all others.
 */
public final class KafkaPostSource implements PostSource {
  private static final System.Logger LOG = System.getLogger(KafkaPostSource.class.getName());

  private static final int REACHED_SECONDS = 10;
  private static final Duration COMMITTED = Duration.ofSeconds(5);
  private static final Duration CLOSED = Duration.ofSeconds(2);

  private final Consumer<byte[], byte[]> consumer;
  private final AtomicLong malformed = new AtomicLong();

  private KafkaPostSource(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /**
   * Subscribes to a topic.
   *
   * @param settings of the consumer: {@code bootstrap.servers}, {@code group.id} and what else is
   *     wanted; offsets are committed by this source, and a new group begins at the beginning
   * @throws org.apache.kafka.common.KafkaException if the settings are wrong, or no broker answers
   *     within {@value #REACHED_SECONDS} seconds
   */
  public static KafkaPostSource subscribe(String topic, Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    return Closer.open(
        opened -> {
          KafkaConsumer<byte[], byte[]> consumer =
              new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
          opened.own(() -> consumer.close(CloseOptions.timeout(Duration.ZERO)));
          // Polling an absent broker only waits; whoever feeds a corpus from it wants to know.
          consumer.partitionsFor(topic, Duration.ofSeconds(REACHED_SECONDS));
          consumer.subscribe(List.of(topic));
          return of(consumer);
        });
  }

  /** From a consumer that is subscribed already; takes it over. */
  public static KafkaPostSource of(Consumer<byte[], byte[]> consumer) {
    return new KafkaPostSource(consumer);
  }

  @Override
  public List<PostChange> poll(Duration patience) {
    List<PostChange> changes = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> found : consumer.poll(patience)) {
      try {
        changes.add(change(found.key(), found.value()));
      } catch (JacksonException | IllegalArgumentException wrong) {
        malformed.incrementAndGet();
        LOG.log(
            Level.WARNING,
            "topic {0}, partition {1}, offset {2} is no change of a post: {3}",
            found.topic(),
            found.partition(),
            found.offset(),
            wrong.getMessage());
      }
    }
    return changes;
  }

  private static PostChange change(byte @Nullable [] key, byte @Nullable [] value) {
    if (key == null) {
      throw new IllegalArgumentException("expected a post id as the key, found none");
    }
    long postId = Long.parseUnsignedLong(new String(key, StandardCharsets.UTF_8));
    if (value == null) {
      return new PostChange.Remove(postId);
    }
    JsonNode post = JsonMapper.shared().readTree(value);
    if (!post.isObject() || !post.has("author_id")) {
      throw new IllegalArgumentException("expected an object with author_id");
    }
    String topic = post.has("topic") ? post.get("topic").asString() : "";
    long attributes = post.has("attributes") ? unsigned(post.get("attributes")) : 0;
    long created = post.has("created") ? unsigned(post.get("created")) : 0;
    return new PostChange.Put(
        new Post(postId, unsigned(post.get("author_id")), topic, attributes, created));
  }

  /** 64 bits as digits, in a string where the publisher's language has no such numbers. */
  private static long unsigned(JsonNode value) {
    return Long.parseUnsignedLong(value.asString());
  }

  @Override
  public void acknowledge() {
    consumer.commitSync(COMMITTED);
  }

  @Override
  public long malformed() {
    return malformed.get();
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(CLOSED));
  }
}
