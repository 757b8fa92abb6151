package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.corpus.Filter;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parsing of post selections. */
class CorpusChoiceTest {
  @Test
  void aTextSaysCorporaAndBits() {
    assertEquals(CorpusChoice.DEFAULT, PostSelection.parse(" ").choice());
    assertEquals(
        new CorpusChoice(List.of("a", "b"), new Filter(1, -1L, 255)),
        PostSelection.parse("none=0xff; corpora=a , b; any=18446744073709551615;all=1").choice());
    assertEquals(
        new CorpusChoice(List.of(), new Filter(0, 6, 0)), PostSelection.parse("any = 6").choice());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "corpora=",
        "all=-1",
        "all=1;all=1",
        "any=0x",
        "=1",
        ";",
        "other=1",
        "all=1.0"
      })
  void anotherFormIsRefused(String text) {
    Rejection refused = assertThrows(Rejection.class, () -> PostSelection.parse(text).choice());
    assertEquals(Rejection.Reason.INVALID, refused.reason());
    assertTrue(String.valueOf(refused.getMessage()).contains("expected corpora=a,b"));
  }

  @Test
  void tooManyCorporaAreRefused() {
    String many = "corpora=" + String.join(",", Collections.nCopies(65, "a"));
    assertThrows(Rejection.class, () -> PostSelection.parse(many));
    assertThrows(Rejection.class, () -> PostSelection.parse("x".repeat(10_000)));
  }
}
