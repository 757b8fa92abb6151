package dev.phoenix.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.kernels.check.KernelCase;
import dev.phoenix.kernels.check.KernelCases;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every kernel is timed. */
class TimedKernelsTest {
  /** Kernels that another part times. */
  private static final Set<String> ELSEWHERE = Set.of("top_k", "top_k_merge");

  @Test
  void everyKernelIsTimed() {
    Set<String> timed = new TreeSet<>(ELSEWHERE);
    Stream.concat(TimedKernels.ofTheModel().stream(), TimedKernels.ofTraining().stream())
        .forEach(kernelCase -> timed.addAll(kernelCase.kernels()));
    Set<String> all = new TreeSet<>();
    for (KernelCase kernelCase : KernelCases.all()) {
      all.addAll(kernelCase.kernels());
    }
    all.removeAll(timed);
    assertEquals(Set.of(), all);
  }
}
