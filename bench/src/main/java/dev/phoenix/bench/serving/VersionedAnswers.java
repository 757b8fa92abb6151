package dev.phoenix.bench.serving;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.phoenix.load.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommendResponse;

/**
 * The expected answers of two checkpoints to a set of requests. The checkpoints alternate, so odd
 * versions belong to one and even versions to the other. An answer that differs from that of the
 * version it names is mixed.
 */
final class VersionedAnswers implements PreparedTarget.AnswerCheck {
  private static final int REQUESTS = 64;
  private static final int HISTORY = 40;
  private static final int TOP_K = 20;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  private final ConcurrentMap<Place, RecommendResponse> expected = new ConcurrentHashMap<>();
  private final AtomicInteger mixed = new AtomicInteger();

  /** A request number, and whether the answer is of an odd version. */
  private record Place(int number, int parity) {}

  /** The requests. */
  static List<byte[]> requests() {
    RankRequests users = new RankRequests(REQUESTS, HISTORY, 1);
    List<byte[]> requests = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      requests.add(
          RecommendRequest.newBuilder()
              .setSequence(RankRequests.sequence(users.user(i)))
              .setTopK(TOP_K)
              .build()
              .toByteArray());
    }
    return requests;
  }

  /** Records all answers of the current version. */
  void learn(PreparedTarget target) throws InterruptedException {
    List<byte[]> answers = askAll(target);
    for (int number = 0; number < REQUESTS; number++) {
      RecommendResponse answer = parse(answers.get(number));
      if (answer == null) {
        throw new IllegalStateException("an answer is no message");
      }
      learn(number, answer);
    }
  }

  /** Records {@code answer} as the expected one of its version. */
  void learn(int number, RecommendResponse answer) {
    expected.put(new Place(number, parity(answer)), contents(answer));
  }

  /** Sends all requests once, one after the other, which leaves memory use comparable. */
  List<byte[]> askAll(PreparedTarget target) throws InterruptedException {
    List<byte[]> answers = new ArrayList<>();
    BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(1);
    for (int number = 0; number < REQUESTS; number++) {
      target.ask(
          number,
          PATIENCE,
          (outcome, answer) -> queue.add(outcome == Outcome.GOOD ? answer : new byte[0]));
      byte[] answer = queue.take();
      if (answer.length == 0) {
        throw new IllegalStateException("a request without load was not answered rightly");
      }
      answers.add(answer);
    }
    return answers;
  }

  /** Whether the two checkpoints give the same answer to any request. */
  boolean areAlike() {
    for (int number = 0; number < REQUESTS; number++) {
      RecommendResponse odd = expected.get(new Place(number, 1));
      if (odd == null || Objects.equals(odd, expected.get(new Place(number, 0)))) {
        return true;
      }
    }
    return false;
  }

  /** The number of answers that differ from those of the version they named. */
  int mixed() {
    return mixed.get();
  }

  @Override
  public boolean isRight(int number, byte[] bytes) {
    RecommendResponse answer = parse(bytes);
    RecommendResponse known =
        answer == null ? null : expected.get(new Place(number, parity(answer)));
    boolean learning = answer != null && known == null;
    boolean right = learning || (answer != null && contents(answer).equals(known));
    if (!right) {
      mixed.incrementAndGet();
    }
    return right;
  }

  private static @Nullable RecommendResponse parse(byte[] bytes) {
    try {
      return RecommendResponse.parseFrom(bytes);
    } catch (InvalidProtocolBufferException torn) {
      return null;
    }
  }

  private static int parity(RecommendResponse answer) {
    return Integer.parseInt(answer.getModelVersion()) % 2;
  }

  private static RecommendResponse contents(RecommendResponse answer) {
    return answer.toBuilder().clearModelVersion().clearTiming().build();
  }
}
