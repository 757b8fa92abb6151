package dev.phoenix.bench.serving;

import dev.phoenix.load.LoadTarget;
import dev.phoenix.load.Outcome;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One method of a server, called with messages encoded in advance over lean connections, so that
 * the server's time is measured and not a client's.
 */
final class LeanTarget implements LoadTarget {
  private static final int CONNECTIONS = 2;

  private final List<LeanConnection> connections = new ArrayList<>();
  private final List<byte[]> messages;

  private LeanTarget(List<byte[]> messages) {
    this.messages = messages;
  }

  /** Connects. */
  static LeanTarget connect(
      InetSocketAddress address, MethodDescriptor<?, ?> method, List<byte[]> messages)
      throws IOException {
    LeanTarget target = new LeanTarget(messages);
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        target.connections.add(LeanConnection.open(address, method.getFullMethodName()));
      }
      return target;
    } catch (IOException failed) {
      target.close();
      throw failed;
    }
  }

  @Override
  public void start(int number, long deadlineNanos, Consumer<Outcome> done) {
    ask(number, deadlineNanos, (outcome, _) -> done.accept(outcome));
  }

  /** Sends message {@code number} modulo their count. */
  void ask(int number, long deadlineNanos, PreparedTarget.Answered done) {
    connections
        .get(number % connections.size())
        .ask(messages.get(number % messages.size()), deadlineNanos, done);
  }

  @Override
  public void close() {
    connections.forEach(LeanConnection::close);
  }
}
