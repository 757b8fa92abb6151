package dev.phoenix.device;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one launch, in the order of the kernel's parameters. Values are copied when they
 * are added; memory is checked at launch.
 */
public final class KernelArguments {
  /** One argument; its type fixes its size. */
  public sealed interface Argument {
    /** Size in bytes of the matching parameter. */
    int byteSize();
  }

  /**
   * A pointer to device memory.
   *
   * @param value the memory it points to
   */
  public record Pointer(DeviceMemory value) implements Argument {
    @Override
    public int byteSize() {
      return Long.BYTES;
    }
  }

  /** A null pointer: an optional operand that is left out. */
  public record NullPointer() implements Argument {
    @Override
    public int byteSize() {
      return Long.BYTES;
    }
  }

  /**
   * A 32-bit integer, signed or not.
   *
   * @param value its bits
   */
  public record I32(int value) implements Argument {
    @Override
    public int byteSize() {
      return Integer.BYTES;
    }
  }

  /**
   * A 64-bit integer, signed or not.
   *
   * @param value its bits
   */
  public record I64(long value) implements Argument {
    @Override
    public int byteSize() {
      return Long.BYTES;
    }
  }

  /**
   * A float.
   *
   * @param value the value
   */
  public record F32(float value) implements Argument {
    @Override
    public int byteSize() {
      return Float.BYTES;
    }
  }

  /**
   * A double.
   *
   * @param value the value
   */
  public record F64(double value) implements Argument {
    @Override
    public int byteSize() {
      return Double.BYTES;
    }
  }

  private final List<Argument> values;

  private KernelArguments(List<Argument> values) {
    this.values = List.copyOf(values);
  }

  /** Starts an empty list. */
  public static Builder builder() {
    return new Builder();
  }

  /** The arguments in order. */
  public List<Argument> values() {
    return values;
  }

  /** Lists of equal values are equal, so that launches can be compared. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KernelArguments arguments && arguments.values.equals(values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }

  /** Adds arguments in the order of the kernel's parameters. */
  public static final class Builder {
    private final List<Argument> values = new ArrayList<>();

    private Builder() {}

    private Builder add(Argument argument) {
      values.add(argument);
      return this;
    }

    /** A pointer to device memory. */
    public Builder pointer(DeviceMemory memory) {
      return add(new Pointer(memory));
    }

    /** A null pointer. */
    public Builder nullPointer() {
      return add(new NullPointer());
    }

    /** A 32-bit integer. */
    public Builder i32(int value) {
      return add(new I32(value));
    }

    /** A 64-bit integer. */
    public Builder i64(long value) {
      return add(new I64(value));
    }

    /** A float. */
    public Builder f32(float value) {
      return add(new F32(value));
    }

    /** A double. */
    public Builder f64(double value) {
      return add(new F64(value));
    }

    /** The arguments so far. */
    public KernelArguments build() {
      return new KernelArguments(values);
    }
  }
}
