package dev.phoenix.corpus.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks the brokers about a topic. */
interface TopicLookup extends AutoCloseable {
  /** Asks for what a topic is now; does not wait. */
  CompletableFuture<Topic> topic();

  @Override
  void close();

  /**
   * A topic.
   *
   * @param source its name and its id: a topic that was deleted and created again has another id,
   *     and its offsets begin anew
   * @param partitions how many it has
   */
  record Topic(String source, int partitions) {}

  /** Asks the brokers that {@code settings} name. */
  static TopicLookup ofBrokers(String topic, Map<String, Object> settings) {
    Map<String, Object> known = new HashMap<>(settings);
    known.keySet().retainAll(AdminClientConfig.configNames());
    Admin admin = Admin.create(known);
    return new TopicLookup() {
      @Override
      public CompletableFuture<Topic> topic() {
        KafkaFuture<TopicDescription> asked =
            admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
        return Objects.requireNonNull(asked, "an answer for each topic that was asked for")
            .toCompletionStage()
            .thenApply(TopicLookup::of)
            .toCompletableFuture();
      }

      @Override
      public void close() {
        admin.close(Duration.ZERO);
      }
    };
  }

  private static Topic of(TopicDescription found) {
    return new Topic(found.name() + "#" + found.topicId(), found.partitions().size());
  }

  /** Asks what {@code consumer} knows, which is not the topic's id. */
  static TopicLookup of(String topic, Consumer<byte[], byte[]> consumer) {
    return new TopicLookup() {
      @Override
      public CompletableFuture<Topic> topic() {
        return CompletableFuture.completedFuture(
            new Topic(topic, consumer.partitionsFor(topic).size()));
      }

      @Override
      public void close() {}
    };
  }

  /**
   * Waits for an answer.
   *
   * @throws KafkaException saying what is wrong with the topic, or that no broker answers
   */
  static Topic await(String topic, Future<Topic> answer, Duration patience) {
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      throw failure(topic, failed);
    } catch (TimeoutException slow) {
      throw new KafkaException(
          "no broker told of the topic " + topic + " within " + patience.toSeconds() + " s", slow);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** What a failed question says about the topic. */
  static KafkaException failure(String topic, Throwable failed) {
    Throwable cause =
        (failed instanceof CompletionException || failed instanceof ExecutionException)
                && failed.getCause() != null
            ? failed.getCause()
            : failed;
    return cause instanceof UnknownTopicOrPartitionException
        ? new KafkaException("the brokers have no topic " + topic, cause)
        : new KafkaException("the topic " + topic + " cannot be looked up: " + cause, cause);
  }
}
