package dev.phoenix.corpus;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A disk that is full for a while. Paths that it makes are of a file system whose operations that
 * change something are numbered, and fail in a range of numbers: half of a write takes place, any
 * other operation not at all or, with {@link Effect#DONE}, whole. Thread-safe.
 */
final class FaultyDisk {
  /** What a failing operation other than a write does before it fails. */
  enum Effect {
    NONE,
    DONE
  }

  private final FaultyFileSystem fileSystem = new FaultyFileSystem(this);
  private final List<String> failed = new ArrayList<>();
  private Effect effect = Effect.NONE;
  private long operations;
  private long firstFault = Long.MAX_VALUE;
  private long lastFault = Long.MAX_VALUE;

  /** An operation that changes something. */
  interface Operation<T> {
    T run() throws IOException;
  }

  /** The path as one of this disk. */
  Path path(Path real) {
    return (Path)
        Proxy.newProxyInstance(
            FaultyDisk.class.getClassLoader(),
            new Class<?>[] {Path.class, OfDisk.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("real")) {
                return real;
              }
              if (method.getName().equals("getFileSystem")) {
                return fileSystem;
              }
              Object[] unwrapped = arguments == null ? new Object[0] : arguments.clone();
              for (int i = 0; i < unwrapped.length; i++) {
                unwrapped[i] = unwrapped[i] instanceof OfDisk of ? of.real() : unwrapped[i];
              }
              try {
                Object result = method.invoke(real, unwrapped);
                return result instanceof Path path ? path(path) : result;
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  /** What every path of a disk is too. */
  interface OfDisk {
    /** The path on the real disk. */
    Path real();
  }

  static Path real(Path path) {
    return path instanceof OfDisk of ? of.real() : path;
  }

  /** Makes {@code count} operations fail from the {@code first} one from now on, counted from 1. */
  synchronized void fail(long first, long count, Effect how) {
    operations = 0;
    firstFault = first;
    lastFault = count == Long.MAX_VALUE ? count : first + count - 1;
    effect = how;
  }

  /** Lets everything succeed from now on. */
  synchronized void heal() {
    firstFault = Long.MAX_VALUE;
  }

  /** The operations that failed. */
  synchronized List<String> failed() {
    return List.copyOf(failed);
  }

  /** Whether the disk is full at present. */
  synchronized boolean isFull() {
    return operations + 1 >= firstFault && operations + 1 <= lastFault;
  }

  private synchronized boolean takesPlace(String name) {
    operations++;
    boolean fails = operations >= firstFault && operations <= lastFault;
    if (fails) {
      failed.add(name);
    }
    return !fails;
  }

  /** Runs an operation, or fails. */
  <T> T change(String name, Operation<T> operation) throws IOException {
    if (takesPlace(name)) {
      return operation.run();
    }
    if (effect == Effect.DONE) {
      var _ = operation.run();
    }
    throw new IOException("No space left on device");
  }

  /** Runs a write, or half of it and fails. */
  <T> T write(Operation<T> whole, @Nullable Operation<T> half) throws IOException {
    if (takesPlace("write")) {
      return whole.run();
    }
    if (half != null) {
      var _ = half.run();
    }
    throw new IOException("No space left on device");
  }
}
