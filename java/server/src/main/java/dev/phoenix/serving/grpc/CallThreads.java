package dev.phoenix.serving.grpc;

import dev.phoenix.serving.ServingEngine;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Chooses the threads that read and answer calls. A single request is read on the connection's
 * thread and answered on the batch's, because waking another thread takes longer than the work.
 * With several requests in flight, each call has a virtual thread, so that no message delays
 * connections or batches. Calls that will be refused stay on the connection's thread.
 */
final class CallThreads implements ServerCallExecutorSupplier, AutoCloseable {
  private static final Executor HERE = Runnable::run;

  private final ServingEngine engine;
  private final ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();

  CallThreads(ServingEngine engine) {
    this.engine = engine;
  }

  /** The executor that builds the response to {@code requests} requests; chosen when it runs. */
  Executor answers(int requests) {
    return task -> (requests == 1 && isQuiet() ? HERE : virtual).execute(task);
  }

  @Override
  public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata metadata) {
    // A compressed message may be large, so it is not decompressed on a shared thread.
    boolean here =
        Inference.is(call.getMethodDescriptor())
            && !metadata.containsKey(GrpcServer.ENCODING)
            && (isQuiet()
                || engine.refusal(Replies.deadlineNanos(engine), CallMemory.peer()) != null);
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
