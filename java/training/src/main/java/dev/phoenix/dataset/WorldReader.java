package dev.phoenix.dataset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Reads the format of {@link WorldFile}. */
final class WorldReader {
  private static final long MAX_SECONDS = 1L << 40;
  private static final double MAX_DWELL = 1e6;
  private static final int MAX_SURFACE = 15;

  private final IdIndex posts = new IdIndex();
  private final List<Long> authors = new ArrayList<>();
  private final List<Long> created = new ArrayList<>();
  private final List<String> topics = new ArrayList<>();
  private final List<String> titles = new ArrayList<>();
  private final List<UserLog> users = new ArrayList<>();
  private final Set<Long> seen = new HashSet<>();

  private WorldReader() {}

  private record Impression(int post, int actions, float dwell, int surface, long time) {}

  private record UserLog(long id, List<Impression> impressions) {}

  static Dataset read(Path file) {
    WorldReader reader = new WorldReader();
    try (TextLines lines = TextLines.open(file)) {
      if (!lines.next() || !lines.line().equals(WorldFile.HEADING)) {
        throw lines.refuse("'" + WorldFile.HEADING + "'", TextLines.quoted(lines.line()));
      }
      while (lines.next()) {
        if (!lines.line().isBlank()) {
          reader.add(lines);
        }
      }
    }
    if (reader.posts.size() == 0 || reader.users.isEmpty()) {
      throw new DatasetException(
          "%s: expected posts and users, found %d and %d"
              .formatted(file, reader.posts.size(), reader.users.size()));
    }
    return reader.dataset(file);
  }

  private void add(TextLines lines) {
    String[] fields = lines.fields();
    switch (fields[0]) {
      case "post" -> addPost(lines, require(lines, fields, 6));
      case "user" -> addUser(lines, require(lines, fields, 2));
      case "saw" -> addImpression(lines, require(lines, fields, 6));
      default -> throw lines.refuse("post, user or saw", TextLines.quoted(fields[0]));
    }
  }

  private static String[] require(TextLines lines, String[] fields, int count) {
    if (fields.length != count) {
      throw lines.refuse(count + " fields for '" + fields[0] + "'", fields.length + " fields");
    }
    return fields;
  }

  private void addPost(TextLines lines, String[] fields) {
    if (!users.isEmpty()) {
      throw lines.refuse("all posts before the first user", "a post behind one");
    }
    int before = posts.size();
    if (posts.add(lines.id(fields[1], "a post's id")) < before) {
      throw lines.refuse("every post once", "post " + fields[1] + " again");
    }
    authors.add(lines.id(fields[2], "an author's id"));
    created.add(lines.integer(fields[3], 0, MAX_SECONDS, "a time in seconds"));
    topics.add(fields[4]);
    titles.add(fields[5]);
  }

  private void addUser(TextLines lines, String[] fields) {
    long user = lines.id(fields[1], "a user's id");
    if (!seen.add(user)) {
      throw lines.refuse("every user once", "user " + fields[1] + " again");
    }
    users.add(new UserLog(user, new ArrayList<>()));
  }

  private void addImpression(TextLines lines, String[] fields) {
    if (users.isEmpty()) {
      throw lines.refuse("a user before the first impression", "none");
    }
    int post = posts.get(lines.id(fields[1], "a post's id"));
    if (post < 0) {
      throw lines.refuse("a post that is described above", "post " + fields[1]);
    }
    List<Impression> impressions = users.getLast().impressions();
    long time = lines.integer(fields[2], 0, MAX_SECONDS, "a time in seconds");
    if (!impressions.isEmpty() && impressions.getLast().time() > time) {
      throw lines.refuse(
          "a time from " + impressions.getLast().time() + " on, as in the line before", fields[2]);
    }
    impressions.add(
        new Impression(
            post,
            actions(lines, fields[5]),
            (float) lines.number(fields[4], 0, MAX_DWELL, "a dwell time in seconds"),
            (int) lines.integer(fields[3], 0, MAX_SURFACE, "a product surface"),
            time));
  }

  private static int actions(TextLines lines, String text) {
    int bits = 0;
    if (!text.equals("-")) {
      for (String index : text.split(",", -1)) {
        bits |= 1 << (int) lines.integer(index, 0, Integer.SIZE - 1, "an action index");
      }
    }
    return bits;
  }

  private Dataset dataset(Path file) {
    int[] places = posts.places();
    int count = posts.size();
    int[] numbers = new int[count];
    IntStream.range(0, count).forEach(number -> numbers[places[number]] = number);
    Catalog catalog =
        new Catalog(
            posts.ascending(),
            IntStream.of(numbers).mapToLong(authors::get).toArray(),
            IntStream.of(numbers).mapToLong(created::get).toArray(),
            IntStream.of(numbers).mapToObj(topics::get).toList(),
            IntStream.of(numbers).mapToObj(titles::get).toList());
    DistinctRows<Impression> distinct = new DistinctRows<>();
    List<UserEvents> all =
        users.stream()
            .map(user -> new UserEvents(user.id(), events(distinct.of(user.impressions()), places)))
            .toList();
    return new Dataset(file.toString(), catalog, all, distinct.dropped());
  }

  private static Events events(List<Impression> all, int[] places) {
    float[] dwell = new float[all.size()];
    for (int i = 0; i < dwell.length; i++) {
      dwell[i] = all.get(i).dwell();
    }
    return new Events(
        all.stream().mapToInt(impression -> places[impression.post()]).toArray(),
        all.stream().mapToInt(Impression::actions).toArray(),
        dwell,
        all.stream().mapToInt(Impression::surface).toArray(),
        all.stream().mapToLong(Impression::time).toArray());
  }
}
