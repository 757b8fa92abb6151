package dev.phoenix.tensor;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * An owner of memory: what is made in a scope lives until the scope is closed, and is closed in
 * reverse order. Model weights, a request's state and scratch memory each have a scope of their
 * own. Not thread-safe.
 */
public final class Scope implements AutoCloseable {
  /** Memory that a scope owns. */
  public interface Resource {
    /** Bytes held. */
    long bytes();

    /** Gives the memory back; called once. */
    void release();
  }

  private final String name;
  private final Deque<Resource> resources = new ArrayDeque<>();
  private boolean closed;

  private Scope(String name) {
    this.name = name;
  }

  /** Opens an empty scope; {@code name} appears in messages. */
  public static Scope create(String name) {
    return new Scope(name);
  }

  /** Takes ownership of {@code resource} and returns it. */
  public <T extends Resource> T own(T resource) {
    if (closed) {
      throw new IllegalStateException("scope '" + name + "' is closed");
    }
    resources.push(resource);
    return resource;
  }

  /** Bytes that are live in this scope; 0 once it is closed. */
  public long liveBytes() {
    return resources.stream().mapToLong(Resource::bytes).sum();
  }

  @Override
  public void close() {
    closed = true;
    while (!resources.isEmpty()) {
      resources.pop().release();
    }
  }
}
