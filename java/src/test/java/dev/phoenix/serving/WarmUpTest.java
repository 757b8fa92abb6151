package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which batches run before a model serves. */
class WarmUpTest {
  @Test
  void everySizeUpToTheLargestIsWarm() {
    assertEquals(List.of(1), WarmUp.sizes(1));
    assertEquals(List.of(1, 2, 4, 8, 16, 32), WarmUp.sizes(32));
    assertEquals(List.of(1, 2, 4, 8, 16, 24), WarmUp.sizes(24));
  }
}
