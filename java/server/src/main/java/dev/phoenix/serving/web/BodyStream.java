package dev.phoenix.serving.web;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A body between the event loop, which adds bytes, and the handler, which reads them. */
final class BodyStream extends InputStream {
  private final Runnable wanting;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<ByteBuf> parts = new ArrayDeque<>();
  private @Nullable Throwable failure;
  private boolean ended;
  private boolean discarding;

  /**
   * Creates an empty body.
   *
   * @param wanting called by a reader before it waits for bytes
   */
  BodyStream(Runnable wanting) {
    this.wanting = wanting;
  }

  /** Adds bytes and takes over their reference; the bytes of a discarded body are dropped. */
  void add(ByteBuf part) {
    lock.lock();
    try {
      if (discarding || failure != null || !part.isReadable()) {
        part.release();
      } else {
        parts.add(part);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The body is complete. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Makes every further read throw; has no effect on a body that is complete. */
  void fail(Throwable cause) {
    lock.lock();
    try {
      if (!ended && failure == null) {
        failure = cause;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Drops what has come and what will come. */
  void discard() {
    lock.lock();
    try {
      discarding = true;
      parts.forEach(ByteBuf::release);
      parts.clear();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    lock.lock();
    try {
      while (parts.isEmpty()) {
        if (failure != null) {
          throw failed(failure);
        }
        if (ended || discarding) {
          return -1;
        }
        wanting.run();
        changed.await();
      }
      return take(bytes, from, length);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new CallerGoneException("the server stops");
    } finally {
      lock.unlock();
    }
  }

  private static IOException failed(Throwable failure) {
    if (failure instanceof CallerGoneException gone) {
      throw gone;
    }
    return failure instanceof IOException broken ? broken : new IOException(failure);
  }

  private int take(byte[] bytes, int from, int length) {
    ByteBuf part = parts.element();
    int count = Math.min(length, part.readableBytes());
    part.readBytes(bytes, from, count);
    if (!part.isReadable()) {
      parts.remove().release();
    }
    return count;
  }

  /** Whether bytes wait for the reader. */
  boolean hasBytes() {
    lock.lock();
    try {
      return !parts.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
