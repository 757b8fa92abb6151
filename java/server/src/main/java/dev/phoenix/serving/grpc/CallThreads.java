package dev.phoenix.serving.grpc;

import dev.phoenix.serving.ServingEngine;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * On which threads calls are read and answered. A request that is alone stays on the thread at
 * hand: the connection's reads it, the batch's answers it, because waking another thread takes
 * longer than the work that it would take over. In company each call has a virtual thread of its
 * own, so that connections and batches are held up by nobody's message. What will be refused is
 * refused at once.
 */
final class CallThreads implements ServerCallExecutorSupplier, AutoCloseable {
  private static final Executor HERE = Runnable::run;

  private final ServingEngine engine;
  private final ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();

  CallThreads(ServingEngine engine) {
    this.engine = engine;
  }

  /** Where the answer to a call of {@code requests} requests is built: looked at when it is. */
  Executor answers(int requests) {
    return task -> (requests == 1 && isQuiet() ? HERE : virtual).execute(task);
  }

  @Override
  public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata metadata) {
    // What unpacks to something large is nothing for a thread that others share.
    boolean here =
        Inference.is(call.getMethodDescriptor())
            && !metadata.containsKey(GrpcServer.ENCODING)
            && (isQuiet() || engine.refusal(Replies.deadlineNanos(engine)) != null);
    return here ? HERE : virtual;
  }

  private boolean isQuiet() {
    return engine.inFlight() <= 1;
  }

  @Override
  public void close() {
    virtual.shutdown();
  }
}
