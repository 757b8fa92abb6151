package dev.phoenix.dataset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Reads {@link DataFormat#SEQUENCES}: every item has the action favorite. */
final class SequencesReader {
  private final Set<Long> seen = new HashSet<>();
  private final IdIndex items = new IdIndex();
  private final List<Long> users = new ArrayList<>();
  private final List<int[]> sequences = new ArrayList<>();

  private SequencesReader() {}

  static Dataset read(Path file) {
    SequencesReader reader = new SequencesReader();
    try (TextLines lines = TextLines.open(file)) {
      while (lines.next()) {
        if (!lines.line().isBlank()) {
          reader.add(lines);
        }
      }
    }
    return reader.dataset(file);
  }

  private void add(TextLines lines) {
    String[] words = lines.line().strip().split(" +");
    if (words.length < 2) {
      throw lines.refuse(
          "a user's number and the items' behind it, separated by spaces",
          TextLines.quoted(lines.line()));
    }
    long user = lines.id(words[0], "a user's number");
    if (!seen.add(user)) {
      throw lines.refuse("one line a user", "user " + words[0] + " again");
    }
    int[] sequence = new int[words.length - 1];
    for (int i = 0; i < sequence.length; i++) {
      sequence[i] = items.add(lines.id(words[i + 1], "an item's number"));
    }
    users.add(user);
    sequences.add(sequence);
  }

  private Dataset dataset(Path file) {
    if (users.isEmpty()) {
      throw new DatasetException(file + ": expected at least one user, found none");
    }
    int[] places = items.places();
    List<UserEvents> events = new ArrayList<>();
    for (int u = 0; u < users.size(); u++) {
      int[] posts = IntStream.of(sequences.get(u)).map(i -> places[i]).toArray();
      events.add(new UserEvents(users.get(u), Events.of(posts, Events.FAVORITE)));
    }
    Catalog catalog =
        new Catalog(items.ascending(), new long[items.size()], new long[0], List.of(), List.of());
    return new Dataset(file.toString(), catalog, events);
  }
}
