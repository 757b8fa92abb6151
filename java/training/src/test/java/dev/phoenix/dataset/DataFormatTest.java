package dev.phoenix.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class DataFormatTest {
  private static final String RATINGS =
      "user_id:token\titem_id:token\trating:float\ttimestamp:float\n";
  private static final String WORLD =
      """
      #phoenix-world 1
      post\t11\t7\t100\tfootball\tThe derby
      post\t10\t7\t90\tcooking\tSourdough
      user\t1
      saw\t11\t150\t0\t12.5\t1,11
      saw\t10\t160\t2\t1.0\t-
      """;

  private static final String OTHERS = "\t\n -,.0123456789abcE\u0000\u001b";

  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    Path file = folder.resolve("data");
    Files.writeString(file, text);
    return file;
  }

  private static String message(DatasetException refused) {
    return String.valueOf(refused.getMessage());
  }

  @Test
  void readsSequences() throws IOException {
    Dataset data = DataFormat.SEQUENCES.read(file("5 30 10 20\r\n\n6 10 30\n"));
    assertArrayEquals(new long[] {10, 20, 30}, data.catalog().postIds());
    assertEquals(2, data.users().size());
    assertEquals(5, data.users().getFirst().userId());
    assertArrayEquals(new int[] {2, 0, 1}, data.users().getFirst().events().posts());
    assertTrue(data.users().getFirst().events().did(0, Events.FAVORITE));
    assertEquals(5, data.eventCount());
  }

  @Test
  void readsRatingsInTimeOrderWithTitles() throws IOException {
    Files.writeString(
        folder.resolve("data.item"),
        """
        item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq
        8\tA Quiet Film\t1994\tDrama War
        99\tNobody Rated It\t\tComedy
        """);
    Path ratings = folder.resolve("data.inter");
    Files.writeString(ratings, RATINGS + "3\t9\t1\t200\n3\t8\t5\t100\n");
    Dataset data = DataFormat.MOVIELENS.read(ratings);
    Events events = data.users().getFirst().events();
    assertArrayEquals(new int[] {0, 1}, events.posts(), "by time");
    assertTrue(events.did(0, Events.FAVORITE) && !events.did(0, Events.NOT_INTERESTED));
    assertTrue(events.did(1, Events.NOT_INTERESTED) && events.isPositive(1));
    assertEquals("A Quiet Film (1994)", data.catalog().describe(0));
    assertEquals(List.of("Drama", ""), data.catalog().topics());
  }

  /** Duplicate rows are dropped; a rating of the same film at another time is kept. */
  @Test
  void dropsAndCountsExactDuplicateRows() throws IOException {
    Dataset data =
        DataFormat.MOVIELENS.read(
            file(
                RATINGS
                    + "1\t10\t5\t1\n".repeat(3)
                    + "1\t11\t5\t2\n".repeat(2)
                    + "1\t10\t5\t3\n1\t11\t4\t2\n2\t10\t5\t1\n"));
    assertEquals(3, data.duplicateRows());
    assertArrayEquals(
        new int[] {0, 1, 1, 0}, data.users().getFirst().events().posts(), "once each");
    assertEquals(1, data.users().getLast().events().count(), "another user's row is no duplicate");
    assertEquals(3, data.engaged().duplicateRows());
    String twice = "saw\t10\t160\t2\t1.0\t-\n";
    Dataset world = DataFormat.WORLD.read(file(WORLD + twice + twice));
    assertEquals(2, world.duplicateRows());
    assertEquals(2, world.eventCount());
  }

  @Test
  void readsWorlds() throws IOException {
    Dataset data = DataFormat.WORLD.read(file(WORLD));
    assertArrayEquals(new long[] {10, 11}, data.catalog().postIds());
    assertEquals(List.of("cooking", "football"), data.catalog().topics());
    Events events = data.users().getFirst().events();
    assertArrayEquals(new int[] {1, 0}, events.posts());
    assertTrue(events.isPositive(0));
    assertFalse(events.isEngaged(1));
    assertEquals(2, events.surface(1));
    assertEquals(12.5f, events.dwell(0));
    assertEquals(1, data.engaged().eventCount());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SEQUENCES | 1 2 3;2 x   | line 2: expected an item's number from 1 to 2^64 - 1, found 'x'
          SEQUENCES | 1 2 3;1 4   | line 2: expected one line a user, found user 1 again
          SEQUENCES | 1 0         | line 1: expected an item's number
          SEQUENCES | 1 -5        | line 1: expected an item's number
          SEQUENCES | 7           | line 1: expected a user's number and the items' behind it
          SEQUENCES | ''          | expected at least one user, found none
          MOVIELENS | user rating | line 1: expected a header with the columns user_id:token
          WORLD     | post 1      | line 1: expected '#phoenix-world 1'
          """)
  void namesFileAndLineOfWhatItRefuses(DataFormat format, String text, String message)
      throws IOException {
    Path file = file(text.replace(';', '\n'));
    DatasetException refused = assertThrows(DatasetException.class, () -> format.read(file));
    assertTrue(
        message(refused).startsWith(file.toString()) && message(refused).contains(message),
        message(refused));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          saw@12@150@0@1@-     | expected a post that is described above, found post 12
          saw@11@10@0@1@-      | expected a time from 160 on
          saw@11@170@16@1@-    | expected a product surface from 0 to 15, found '16'
          saw@11@170@0@NaN@-   | expected a dwell time in seconds
          saw@11@170@0@1@1,32  | expected an action index from 0 to 31, found '32'
          saw@11@170@0@1@      | expected an action index from 0 to 31, found ''
          saw@11@170           | expected 6 fields for 'saw', found 3 fields
          user@1               | expected every user once, found user 1 again
          post@12@7@1@a@b      | expected all posts before the first user
          sold@1               | expected post, user or saw, found 'sold'
          """)
  void refusesLinesThatAreNoWorld(String line, String message) throws IOException {
    Path file = file(WORLD + line.strip().replace('@', '\t') + "\n");
    DatasetException refused =
        assertThrows(DatasetException.class, () -> DataFormat.WORLD.read(file));
    assertTrue(message(refused).contains("line 7: " + message), message(refused));
  }

  @Test
  void refusesEndlessLinesAndOtherBytes() throws IOException {
    Path file = file("1 " + "2 ".repeat(1 << 20));
    assertTrue(
        message(assertThrows(DatasetException.class, () -> DataFormat.SEQUENCES.read(file)))
            .contains("line 1: expected a line of at most"));
    Files.write(file, new byte[] {'1', ' ', (byte) 0xff, (byte) 0xfe});
    assertTrue(
        message(assertThrows(DatasetException.class, () -> DataFormat.SEQUENCES.read(file)))
            .contains("expected UTF-8 text"));
  }

  /** For any change of a file, the reader either reads or refuses it, without other errors. */
  @ParameterizedTest
  @EnumSource(DataFormat.class)
  void onlyRefusalsComeOut(DataFormat format) throws IOException {
    String valid =
        switch (format) {
          case SEQUENCES -> "1 2 3 4\n2 3 4 5\n";
          case MOVIELENS -> RATINGS + "3\t9\t1\t200\n3\t8\t5\t100\n";
          case WORLD -> WORLD;
        };
    Random random = new Random(11);
    int read = 0;
    int refused = 0;
    for (int trial = 0; trial < 2000; trial++) {
      StringBuilder text = new StringBuilder(valid);
      for (int change = 0; change <= random.nextInt(3); change++) {
        char other = OTHERS.charAt(random.nextInt(OTHERS.length()));
        text.setCharAt(random.nextInt(text.length()), other);
      }
      try {
        assertTrue(format.read(file(text.toString())).eventCount() >= 0);
        read++;
      } catch (DatasetException expected) {
        assertTrue(message(expected).chars().noneMatch(c -> c < ' '), message(expected));
        refused++;
      }
    }
    assertTrue(read > 0 && refused > 0, read + " read, " + refused + " refused, seed 11");
  }
}
