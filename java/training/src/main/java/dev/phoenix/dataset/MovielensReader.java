package dev.phoenix.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@link DataFormat#MOVIELENS}. Every rating has the action dwell. Ratings of at least four
 * stars also have the action favorite, ratings of at most two stars negative feedback.
 */
final class MovielensReader {
  private static final double LIKED = 4;
  private static final double DISLIKED = 2;
  private static final double MAX_RATING = 1000;
  private static final double MAX_SECONDS = 1e12;

  private final IdIndex items = new IdIndex();
  private final Map<Long, List<Rating>> users = new LinkedHashMap<>();

  private MovielensReader() {}

  private record Rating(int item, double stars, long seconds) {
    int actions() {
      int actions = 1 << Events.DWELL;
      if (stars >= LIKED) {
        actions |= 1 << Events.FAVORITE;
      }
      if (stars <= DISLIKED) {
        actions |= 1 << Events.NOT_INTERESTED;
      }
      return actions;
    }
  }

  static Dataset read(Path file) {
    MovielensReader reader = new MovielensReader();
    try (TextLines lines = TextLines.open(file)) {
      Columns columns =
          Columns.read(lines, "user_id:token", "item_id:token", "rating:float", "timestamp:float");
      while (lines.next()) {
        if (!lines.line().isBlank()) {
          reader.add(lines, columns.of(lines));
        }
      }
    }
    if (reader.users.isEmpty()) {
      throw new DatasetException(file + ": expected at least one rating, found none");
    }
    return reader.dataset(file);
  }

  private void add(TextLines lines, String[] values) {
    long user = lines.id(values[0], "a user's number");
    int item = items.add(lines.id(values[1], "an item's number"));
    double stars = lines.number(values[2], 0, MAX_RATING, "a rating");
    long seconds = (long) lines.number(values[3], 0, MAX_SECONDS, "a time in seconds");
    users.computeIfAbsent(user, unseen -> new ArrayList<>()).add(new Rating(item, stars, seconds));
  }

  private Dataset dataset(Path file) {
    int[] places = items.places();
    List<UserEvents> all = new ArrayList<>();
    DistinctRows<Rating> distinct = new DistinctRows<>();
    users.forEach(
        (user, rows) -> {
          List<Rating> ratings = distinct.of(rows);
          // The sort is stable: ratings in the same second keep the order of the file.
          ratings.sort(Comparator.comparingLong(Rating::seconds));
          all.add(
              new UserEvents(
                  user,
                  new Events(
                      ratings.stream().mapToInt(rating -> places[rating.item()]).toArray(),
                      ratings.stream().mapToInt(Rating::actions).toArray(),
                      new float[0],
                      new int[0],
                      ratings.stream().mapToLong(Rating::seconds).toArray())));
        });
    return new Dataset(file.toString(), catalog(file), all, distinct.dropped());
  }

  /**
   * The catalogue with titles and genres if the item file exists; items missing in it have empty
   * ones.
   */
  private Catalog catalog(Path file) {
    long[] ids = items.ascending();
    int[] places = items.places();
    List<String> topics = List.of();
    List<String> titles = List.of();
    String name = file.toString();
    Path described =
        Path.of(
            name.endsWith(".inter")
                ? name.substring(0, name.length() - 6) + ".item"
                : name + ".item");
    if (Files.isRegularFile(described)) {
      String[] topicOf = new String[ids.length];
      String[] titleOf = new String[ids.length];
      Arrays.fill(topicOf, "");
      Arrays.fill(titleOf, "");
      describe(described, places, topicOf, titleOf);
      topics = List.of(topicOf);
      titles = List.of(titleOf);
    }
    return new Catalog(ids, new long[ids.length], new long[0], topics, titles);
  }

  private void describe(Path file, int[] places, String[] topics, String[] titles) {
    try (TextLines lines = TextLines.open(file)) {
      Columns columns =
          Columns.read(
              lines,
              "item_id:token",
              "movie_title:token_seq",
              "release_year:token",
              "class:token_seq");
      while (lines.next()) {
        if (!lines.line().isBlank()) {
          String[] values = columns.of(lines);
          int item = items.get(lines.id(values[0], "an item's number"));
          if (item >= 0) {
            int place = places[item];
            titles[place] = values[1] + (values[2].isBlank() ? "" : " (" + values[2] + ")");
            topics[place] = values[3].strip().split(" ")[0];
          }
        }
      }
    }
  }

  /** The indices of the required columns, found by the header. */
  private record Columns(int[] places, int count) {
    static Columns read(TextLines lines, String... names) {
      List<String> header = lines.next() ? List.of(lines.fields()) : List.of();
      int[] places = new int[names.length];
      for (int i = 0; i < names.length; i++) {
        places[i] = header.indexOf(names[i]);
        if (places[i] < 0) {
          throw lines.refuse(
              "a header with the columns " + String.join(", ", names),
              TextLines.quoted(lines.line()));
        }
      }
      return new Columns(places, header.size());
    }

    String[] of(TextLines lines) {
      String[] fields = lines.fields();
      if (fields.length != count) {
        throw lines.refuse(count + " fields as in the header", fields.length + " fields");
      }
      return Arrays.stream(places).mapToObj(place -> fields[place]).toArray(String[]::new);
    }
  }
}
