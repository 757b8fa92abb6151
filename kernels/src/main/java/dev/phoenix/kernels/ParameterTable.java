package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors of all parameter tensors of a model, so that one launch of an optimiser kernel
 * updates them all. The table is written to memory that is then copied to the device.
 */
public final class ParameterTable {
  private static final int TENSOR_BYTES = 56;
  private static final int PIECE_BYTES = 8;
  private static final int PIECE = 4096;

  private final List<Entry> entries;

  /** A table of {@code entries}, in their order. */
  public ParameterTable(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * One parameter tensor; all float32 of {@code count} elements.
   *
   * @param parameters the master weights
   * @param mean AdamW's mean of gradients
   * @param meanSquare AdamW's mean of squared gradients
   * @param gradients summed by the step's backward pass
   * @param copy the copy that matrix products read, or null
   */
  public record Entry(
      DeviceMemory parameters,
      DeviceMemory mean,
      DeviceMemory meanSquare,
      DeviceMemory gradients,
      int count,
      @Nullable Copy copy) {
    /** Checks the sizes. */
    public Entry {
      Check.holds("parameters", parameters, ElementType.F32, count);
      Check.holds("mean", mean, ElementType.F32, count);
      Check.holds("meanSquare", meanSquare, ElementType.F32, count);
      Check.holds("gradients", gradients, ElementType.F32, count);
      if (copy != null) {
        long rows = Math.ceilDiv(count, copy.columns());
        long elements = rows == 0 ? 0 : (rows - 1) * copy.stride() + copy.columns();
        Check.holds("copy", copy.memory(), copy.type(), elements);
      }
    }
  }

  /**
   * A copy of the master weights, updated with them.
   *
   * @param memory its memory
   * @param type of its elements
   * @param columns of a row of the parameter
   * @param stride elements from one row of the copy to the next
   */
  public record Copy(DeviceMemory memory, ElementType type, int columns, int stride) {}

  /** Bytes of the tensor descriptors. */
  public long tensorBytes() {
    return (long) entries.size() * TENSOR_BYTES;
  }

  /** Number of pieces that the tensors are split into, one block each. */
  public int pieces() {
    return entries.stream().mapToInt(entry -> Math.ceilDiv(entry.count(), PIECE)).sum();
  }

  /** Bytes of the piece descriptors. */
  public long pieceBytes() {
    return (long) pieces() * PIECE_BYTES;
  }

  /** Writes the tensor descriptors. */
  public void writeTensors(MemorySegment to) {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      Copy copy = entry.copy();
      long at = (long) i * TENSOR_BYTES;
      to.set(ValueLayout.JAVA_LONG, at, entry.parameters().address());
      to.set(ValueLayout.JAVA_LONG, at + 8, entry.mean().address());
      to.set(ValueLayout.JAVA_LONG, at + 16, entry.meanSquare().address());
      to.set(ValueLayout.JAVA_LONG, at + 24, entry.gradients().address());
      to.set(ValueLayout.JAVA_LONG, at + 32, copy == null ? 0 : copy.memory().address());
      to.set(ValueLayout.JAVA_INT, at + 40, entry.count());
      to.set(ValueLayout.JAVA_INT, at + 44, copy == null ? 1 : copy.columns());
      to.set(ValueLayout.JAVA_INT, at + 48, copy == null ? 1 : copy.stride());
      boolean half = copy != null && copy.type() == ElementType.BF16;
      to.set(ValueLayout.JAVA_INT, at + 52, half ? 1 : 0);
    }
  }

  /** Writes the piece descriptors. */
  public void writePieces(MemorySegment to) {
    int at = 0;
    for (int tensor = 0; tensor < entries.size(); tensor++) {
      for (int piece = 0; piece * PIECE < entries.get(tensor).count(); piece++) {
        to.setAtIndex(ValueLayout.JAVA_INT, 2L * at, tensor);
        to.setAtIndex(ValueLayout.JAVA_INT, 2L * at + 1, piece);
        at++;
      }
    }
  }

  /**
   * The table on the device.
   *
   * @param tensors a copy of the output of {@link #writeTensors}
   * @param pieces a copy of the output of {@link #writePieces}
   * @param count {@link #pieces}
   */
  public record Placed(DeviceMemory tensors, DeviceMemory pieces, int count) {}
}
