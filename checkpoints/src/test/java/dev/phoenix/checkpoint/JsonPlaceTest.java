package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPlaceTest {
  private final JsonPlace root =
      parse("{\"number\": 1.5, \"null\": null, \"text\": \"t\", \"yes\": true, \"list\": [1]}");

  @ParameterizedTest
  @CsvSource({
    "number, true, true, false, true",
    "null, false, true, true, false",
    "text, true, true, false, false",
    "none, false, false, false, false"
  })
  void tellsNothingFromNullFromAValue(
      String key, boolean present, boolean given, boolean isNull, boolean number) {
    JsonPlace place = root.member(key);
    assertEquals(present, place.isPresent());
    assertEquals(given, place.isGiven());
    assertEquals(isNull, place.isNull());
    assertEquals(number, place.isNumber());
  }

  @Test
  void namesTheKeysThatWereNotRead() {
    assertEquals(List.of("number", "null", "text", "yes", "list"), root.unread());
    root.member("text");
    root.member("null");
    assertEquals(List.of("number", "yes", "list"), root.unread());
    assertEquals(List.of("number", "null", "text", "yes", "list"), root.keys());
  }

  @Test
  void boundsBelongToTheRangeUnlessSaidOtherwise() {
    JsonPlace number = root.member("number");
    assertEquals(1.5, number.number(1, 1.5));
    assertRefused(() -> number.number(1.5, 2), "a number above 1.5, at most 2.0");
    assertEquals(1.5, number.numberFrom(1.5, 2));
    assertEquals(1.5, number.numberFrom(1, 1.5));
    assertRefused(() -> number.numberFrom(1.6, 2), "a number from 1.6 to 2,");
    assertEquals(1, root.member("list").elements().getFirst().integer(1, 1));
  }

  @Test
  void readsTextAndTruthValues() {
    assertEquals(Optional.of("t"), root.member("text").text());
    assertEquals(Optional.empty(), root.member("number").text());
    assertEquals(Optional.empty(), root.member("none").text());
    assertTrue(root.member("yes").bool());
    assertRefused(() -> root.member("none").bool(), "true or false, found nothing");
    assertRefused(() -> root.member("none").elements(), "an array, found nothing");
    assertRefused(() -> root.member("none").member("x"), "$.none: expected an object");
    assertRefused(() -> root.member("none").unsignedId(), "an integer id", "found nothing");
    assertRefused(() -> root.member("none").number(0, 1), "found nothing");
    assertRefused(() -> root.member("none").numberFrom(0, 1), "found nothing");
  }

  @Test
  void showsAtMostSixtyCharactersOfAValue() {
    JsonPlace whole = parse("\"" + "x".repeat(58) + "\"");
    CheckpointException refused =
        assertRefused(() -> whole.integer(0, 1), "found \"" + "x".repeat(58) + "\"");
    assertFalse(String.valueOf(refused.getMessage()).endsWith("..."), refused.getMessage());
    JsonPlace longer = parse("\"" + "x".repeat(59) + "\"");
    assertRefused(() -> longer.integer(0, 1), "found \"" + "x".repeat(59) + "...");
  }

  @Test
  void isShownAsFileAndPath() {
    assertEquals("test.json: $", root.toString());
    assertEquals("test.json: $.number", root.member("number").toString());
    assertEquals("test.json: $['a b']", root.member("a b").toString());
    assertEquals("test.json: $.list[0]", root.member("list").elements().getFirst().toString());
  }

  @Test
  void readsAFileOfExactlyTheLargestSize(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.json"), "[1, 2]");
    assertEquals(2, JsonPlace.read(file, 6).elements().size());
    assertRefused(() -> JsonPlace.read(file, 5), "a JSON file of at most 5 bytes", "6 bytes");
    assertRefused(() -> JsonPlace.read(folder, 1 << 20), "a JSON file of at most 1048576 bytes");
  }

  private static JsonPlace parse(String json) {
    return JsonPlace.parse(json.getBytes(StandardCharsets.UTF_8), new Place("test.json", null));
  }
}
