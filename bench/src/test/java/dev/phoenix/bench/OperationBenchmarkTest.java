package dev.phoenix.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.ops.Ops;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every operation has a microbenchmark with correct results. */
class OperationBenchmarkTest {
  /** Methods of {@code Ops} that allocate or describe the backend. */
  private static final Set<String> NO_OPERATIONS =
      Set.of(
          "name",
          "precision",
          "tensor",
          "activation",
          "matrix",
          "floatMatrix",
          "gatedMatrix",
          "scale",
          "keyValues",
          "lane",
          "preferredRows",
          "preparesSizes",
          "capacityFor",
          "rowTable",
          "copyHistories",
          "rereadRows",
          "corpusIndex",
          "close");

  @ParameterizedTest
  @EnumSource(CpuOperation.class)
  void anOperationAgreesWithItsDefinition(CpuOperation operation) {
    assertDoesNotThrow(() -> OperationBenchmark.check(operation, 1));
  }

  @Test
  void everyOperationHasOne() {
    Set<String> operations =
        Arrays.stream(Ops.class.getDeclaredMethods())
            .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
            .map(Method::getName)
            .filter(name -> !NO_OPERATIONS.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> timed =
        Arrays.stream(CpuOperation.values())
            .map(operation -> operation.name().toLowerCase(Locale.ROOT).replace("_", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        operations.stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toCollection(TreeSet::new)),
        timed);
  }
}
