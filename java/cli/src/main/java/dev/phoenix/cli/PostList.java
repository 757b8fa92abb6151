package dev.phoenix.cli;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.model.CorpusEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads posts from text: post id, author id and optionally a topic, separated by tab or comma. */
final class PostList {
  private final Path file;
  private final List<Long> postIds = new ArrayList<>();
  private final List<Long> authorIds = new ArrayList<>();
  private final List<String> topics = new ArrayList<>();

  private PostList(Path file) {
    this.file = file;
  }

  /**
   * Reads {@code file}.
   *
   * @throws CheckpointException naming the first malformed line
   */
  static CorpusEncoder.Posts read(Path file) {
    PostList list = new PostList(file);
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new CheckpointException("cannot read the list of posts " + file, e);
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        list.add(i + 1, line);
      }
    }
    return new CorpusEncoder.Posts(
        list.postIds.stream().mapToLong(Long::longValue).toArray(),
        list.authorIds.stream().mapToLong(Long::longValue).toArray(),
        list.topics);
  }

  private void add(int number, String line) {
    String[] fields = line.split(line.contains("\t") ? "\t" : ",", 3);
    if (fields.length < 2) {
      throw error(number, "a post id and an author id", line);
    }
    boolean hasTopic = fields.length == 3;
    if (!postIds.isEmpty() && hasTopic == topics.isEmpty()) {
      throw error(number, topics.isEmpty() ? "no topic, as before" : "a topic, as before", line);
    }
    postIds.add(id(number, fields[0].strip()));
    authorIds.add(id(number, fields[1].strip()));
    if (hasTopic) {
      topics.add(fields[2].strip());
    }
  }

  private long id(int number, String text) {
    try {
      return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
    } catch (NumberFormatException notAnId) {
      throw new CheckpointException(
          "%s, line %d: expected a 64-bit id, found '%s'".formatted(file, number, text), notAnId);
    }
  }

  private CheckpointException error(int number, String expected, String found) {
    return new CheckpointException(
        "%s, line %d: expected %s, found '%s'".formatted(file, number, expected, found));
  }
}
