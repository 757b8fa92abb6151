package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.checkpoint.UserSequence.Engagement;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserSequenceTest {
  @Test
  void readsTheExample() {
    UserSequence sequence = UserSequence.read(TestFiles.demo("example_sequence.json"));
    assertEquals(44196397, sequence.userId());
    assertEquals(5, sequence.history().size());
    Engagement third = sequence.history().get(2);
    assertEquals(1950849832472623783L, third.postId());
    assertEquals(112739350210009924L, third.authorId());
    assertEquals(Map.of(6, 1f, 25, 1f), third.actions());
  }

  @Test
  void roundTripsUnsignedIds(@TempDir Path folder) {
    UserSequence sequence =
        new UserSequence(
            -1,
            List.of(
                new Engagement(Long.MIN_VALUE, 0, new TreeMap<>(Map.of(0, 0.5f, 18, -2f))),
                new Engagement(1, 2, new TreeMap<>())));
    Path path = folder.resolve("sequence.json");
    sequence.write(path);
    assertEquals(sequence, UserSequence.read(path));
    assertEquals(-1, parse("{\"user_id\": \"18446744073709551615\", \"history\": []}").userId());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"user_id\": -1, \"history\": []} | $.user_id | -1",
        "{\"user_id\": 18446744073709551616, \"history\": []} | $.user_id | 2^64 - 1",
        "{\"user_id\": 1.5, \"history\": []} | $.user_id | 1.5",
        "{\"user_id\": \"1x\", \"history\": []} | $.user_id | digits",
        "{\"history\": []} | $.user_id | found nothing",
        "{\"user_id\": 1} | $.history | an array",
        "{\"user_id\": 1, \"history\": [3]} | $.history[0] | an object",
        "{\"user_id\": 1, \"history\": [{\"author_id\": 1}]} | $.history[0].post_id | nothing",
        "{\"user_id\": 1, \"history\": [{\"post_id\": 1, \"author_id\": 1}]} | actions | object",
      })
  void refusesWithThePath(String json, String path, String part) {
    assertRefused(() -> parse(json), "sequence.json: $", path, part);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"1\": \"a\" | actions['1'] | a number",
        "\"1\": 1e39 | actions['1'] | a number",
        "\"x\": 1 | actions.x | an action index",
        "\"-1\": 1 | actions['-1'] | an action index",
        "\"99999\": 1 | actions['99999'] | an action index",
      })
  void refusesActions(String action, String path, String part) {
    String json =
        "{\"user_id\": 1, \"history\": [{\"post_id\": 1, \"author_id\": 1, \"actions\": {"
            + action
            + "}}]}";
    assertRefused(() -> parse(json), "$.history[0]." + path, part);
  }

  private static UserSequence parse(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return UserSequence.read(JsonPlace.parse(bytes, new Place("sequence.json", null)));
  }
}
