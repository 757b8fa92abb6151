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
 * or null, which removes the post. So a compacted topic holds a whole corpus. Malformed records are
 * skipped, counted and logged, so that one of them does not block the others.
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
   * @param settings the settings of the consumer: {@code bootstrap.servers}, {@code group.id} and
   *     others; this source commits offsets, and a new group begins with the earliest record
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
          // Polling waits silently for an absent broker; this request fails instead.
          consumer.partitionsFor(topic, Duration.ofSeconds(REACHED_SECONDS));
          consumer.subscribe(List.of(topic));
          return of(consumer);
        });
  }

  /** Creates a source from a subscribed consumer, which it closes. */
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

  /** An unsigned 64-bit number, given as a JSON number or as digits in a string. */
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
