package dev.phoenix.serving;

import dev.phoenix.serving.Rejection.Reason;

/**
 * The bytes that requests may hold together, over all protocols: their messages while these are
 * read and decoded, and what waits of them until they are answered. A part is left to small
 * requests, so that a few large ones cannot keep them out. Thread-safe.
 */
public final class RequestMemory {
  /** A request that holds no more than this is small. */
  private static final long SMALL_BYTES = 64 << 10;

  /** One part in so many is left to small requests. */
  private static final int RESERVED_PART = 8;

  private final long limit;
  private long held;

  /** A memory of {@code limit} bytes. */
  public RequestMemory(long limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("expected 1 byte of requests or more, found " + limit);
    }
    this.limit = limit;
  }

  /** The bytes that requests hold. */
  public synchronized long heldBytes() {
    return held;
  }

  /** The bytes that requests may hold. */
  public long limit() {
    return limit;
  }

  /** A request that holds nothing yet; the caller closes it when the request has been answered. */
  public Hold open() {
    return new Hold();
  }

  /** What one request holds. Thread-safe. */
  public final class Hold implements AutoCloseable {
    private long bytes;
    private boolean closed;

    private Hold() {}

    /**
     * Makes this request hold {@code wanted} bytes. A smaller number is always granted.
     *
     * @throws Rejection if there is no memory left; the request then holds what it held
     */
    public void resize(long wanted) {
      synchronized (RequestMemory.this) {
        if (closed) {
          throw new Rejection(Reason.CANCELLED, "the call has ended");
        }
        long after = held - bytes + wanted;
        long most = wanted <= SMALL_BYTES ? limit : limit - limit / RESERVED_PART;
        if (wanted > bytes && after > most) {
          throw new Rejection(
              Reason.IN_FLIGHT_CAP,
              "too many requests are being read or wait: expected at most %d bytes at once"
                  .formatted(limit));
        }
        held = after;
        bytes = wanted;
      }
    }

    /** Makes this request hold {@code more} bytes more, as {@link #resize} does. */
    public void grow(long more) {
      synchronized (RequestMemory.this) {
        resize(bytes + more);
      }
    }

    /** The bytes that this request holds. */
    public long bytes() {
      synchronized (RequestMemory.this) {
        return bytes;
      }
    }

    /** Gives everything back. Idempotent. */
    @Override
    public void close() {
      synchronized (RequestMemory.this) {
        held -= bytes;
        bytes = 0;
        closed = true;
      }
    }
  }
}
