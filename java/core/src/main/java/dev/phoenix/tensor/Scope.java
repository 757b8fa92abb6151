package dev.phoenix.tensor;

import dev.phoenix.lifecycle.Closer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Owns memory. Resources live until their scope is closed and are released in reverse order. Model
 * weights, the state of a request and scratch memory each have their own scope. Not thread-safe.
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
  private final List<Resource> resources = new ArrayList<>();
  private final Closer closer = new Closer();
  private boolean closed;

  private Scope(String name) {
    this.name = name;
  }

  /** Opens an empty scope; {@code name} appears in messages. */
  public static Scope create(String name) {
    return new Scope(name);
  }

  /**
   * Creates an object that owns a new scope. If {@code contents} throws, the scope is closed.
   *
   * @param contents builds the object in the new scope; the object keeps the scope and closes it
   */
  public static <T> T build(String name, Function<Scope, T> contents) {
    return Closer.open(closer -> contents.apply(closer.own(create(name))));
  }

  /**
   * Takes ownership of {@code resource} and returns it.
   *
   * @throws IllegalStateException if the scope is closed; {@code resource} is released then, too
   */
  public <T extends Resource> T own(T resource) {
    if (closed) {
      resource.release();
      throw new IllegalStateException("scope '" + name + "' is closed");
    }
    resources.add(resource);
    closer.own(resource::release);
    return resource;
  }

  /** Bytes that are live in this scope; 0 once it is closed. */
  public long liveBytes() {
    return resources.stream().mapToLong(Resource::bytes).sum();
  }

  /** Releases everything, even where releasing some of it fails. Idempotent. */
  @Override
  public void close() {
    closed = true;
    resources.clear();
    closer.close();
  }
}
