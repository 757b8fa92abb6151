package dev.phoenix.device.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.EnumMap;
import java.util.Map;

/**
 * The attributes of an algorithm, read by {@code cublasLtMatmulAlgoConfigGetAttribute}, which the
 * generated bindings lack. Needs no device.
 *
 * @param values value of every attribute
 */
record AlgorithmConfiguration(Map<Attribute, Integer> values) {
  /** {@code cublasLtMatmulAlgoConfigAttributes_t}, by its numbers. */
  enum Attribute {
    /** The number of the algorithm. */
    ID(0, Integer.BYTES),
    /** The tile of the output that a block computes. */
    TILE(1, Integer.BYTES),
    /** Number of parts that K is split into (split-K); 0 and 1 mean no split. */
    SPLITS(2, Integer.BYTES),
    /** Reduction scheme of the partial sums; 0 is none. */
    REDUCTION(3, Integer.BYTES),
    /** How blocks are mapped to tiles. */
    SWIZZLING(4, Integer.BYTES),
    /** The algorithm's own variant. */
    OPTION(5, Integer.BYTES),
    /** Pipeline stages of the operands. */
    STAGES(6, Integer.BYTES),
    /** Shape of the mma instruction. */
    INNER_SHAPE(7, Short.BYTES),
    /** Thread block cluster shape. */
    CLUSTER(8, Short.BYTES);

    private final int number;
    private final int bytes;

    Attribute(int number, int bytes) {
      this.number = number;
      this.bytes = bytes;
    }

    /** Its number in the library. */
    int number() {
      return number;
    }
  }

  /** Bound on first use: the library has been loaded by then. */
  private static final class Call {
    static final MethodHandle GET =
        Linker.nativeLinker()
            .downcallHandle(
                SymbolLookup.loaderLookup().findOrThrow("cublasLtMatmulAlgoConfigGetAttribute"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS));
  }

  /** Reads the configuration of a {@code cublasLtMatmulAlgo_t}. */
  static AlgorithmConfiguration of(MemorySegment algorithm) {
    Map<Attribute, Integer> values = new EnumMap<>(Attribute.class);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment written = arena.allocate(ValueLayout.JAVA_LONG);
      for (Attribute attribute : Attribute.values()) {
        // Little endian: a short lies in the low half.
        value.set(ValueLayout.JAVA_INT, 0, 0);
        int status = get(algorithm, attribute, value.asSlice(0, attribute.bytes), written);
        CublasLtStatus.check(
            status, () -> "cublasLtMatmulAlgoConfigGetAttribute(" + attribute + ")");
        values.put(attribute, value.get(ValueLayout.JAVA_INT, 0));
      }
    }
    return new AlgorithmConfiguration(Map.copyOf(values));
  }

  private static int get(
      MemorySegment algorithm, Attribute attribute, MemorySegment value, MemorySegment written) {
    try {
      return (int)
          Call.GET.invokeExact(algorithm, attribute.number, value, value.byteSize(), written);
    } catch (Throwable e) {
      throw new AssertionError("a downcall throws no exception", e);
    }
  }

  /** The value of an attribute. */
  int value(Attribute attribute) {
    return values.getOrDefault(attribute, 0);
  }

  /** Whether every element is one sum over K: no split and no reduction. */
  boolean sumsInOnePass() {
    int splits = value(Attribute.SPLITS);
    return (splits == 0 || splits == 1) && value(Attribute.REDUCTION) == 0;
  }

  /** In the order of the attributes, e.g. {@code ID 66, TILE 20, ...}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Attribute attribute : Attribute.values()) {
      text.append(text.isEmpty() ? "" : ", ")
          .append(attribute)
          .append(' ')
          .append(value(attribute));
    }
    return text.toString();
  }
}
