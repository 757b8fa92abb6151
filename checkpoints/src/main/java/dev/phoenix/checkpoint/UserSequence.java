package dev.phoenix.checkpoint;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A user and the user's engagement history, in the file's order (docs/model.md#1-checkpoint-files,
 * {@code example_sequence.json}). Ids are 64 unsigned bits.
 */
public record UserSequence(long userId, List<Engagement> history) {
  private static final long MAX_FILE_BYTES = 16L << 20;
  private static final int MAX_ACTION = 1 << 16;

  /**
   * The largest magnitude of an action's value, which usually is 0 or 1. The limit keeps sums of
   * squares in the model within float32.
   */
  public static final float MAX_ACTION_VALUE = 1e9f;

  /** Keeps a copy of the history. */
  public UserSequence {
    history = List.copyOf(history);
  }

  /**
   * One post of the history.
   *
   * @param actions values of at most {@link #MAX_ACTION_VALUE} by action index, in the file's own
   *     taxonomy; an index may exceed the model's number of actions
   */
  public record Engagement(long postId, long authorId, SortedMap<Integer, Float> actions) {
    /** Keeps a copy of the actions. */
    public Engagement {
      actions = Collections.unmodifiableSortedMap(new TreeMap<>(actions));
    }
  }

  /**
   * Reads a sequence; ids may be numbers or strings of digits, unknown keys are ignored.
   *
   * @throws CheckpointException naming file, JSON path, what was expected and what was found
   */
  public static UserSequence read(Path file) {
    return read(JsonPlace.read(file, MAX_FILE_BYTES));
  }

  /**
   * Writes the sequence as JSON, ids as numbers; the file is replaced atomically.
   *
   * @throws CheckpointException if it cannot be written
   */
  public void write(Path target) {
    AtomicFile.write(
        target, JsonPlace.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(toJson()));
  }

  static UserSequence read(JsonPlace root) {
    List<Engagement> history = new ArrayList<>();
    long userId = root.member("user_id").unsignedId();
    for (JsonPlace item : root.member("history").elements()) {
      history.add(
          new Engagement(
              item.member("post_id").unsignedId(),
              item.member("author_id").unsignedId(),
              actions(item.member("actions"))));
    }
    return new UserSequence(userId, history);
  }

  private static SortedMap<Integer, Float> actions(JsonPlace place) {
    SortedMap<Integer, Float> actions = new TreeMap<>();
    for (String key : place.keys()) {
      JsonPlace action = place.member(key);
      boolean index = key.matches("0|[1-9][0-9]{0,4}") && Integer.parseInt(key) < MAX_ACTION;
      if (!index) {
        throw action.refuse("an action index from 0 to " + (MAX_ACTION - 1) + " as the key");
      }
      double value = action.number(-MAX_ACTION_VALUE, MAX_ACTION_VALUE);
      actions.put(Integer.parseInt(key), (float) value);
    }
    return actions;
  }

  private ObjectNode toJson() {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    ObjectNode root = nodes.objectNode();
    root.put("user_id", unsigned(userId));
    ArrayNode items = root.putArray("history");
    for (Engagement engagement : history) {
      ObjectNode item = items.addObject();
      item.put("post_id", unsigned(engagement.postId));
      item.put("author_id", unsigned(engagement.authorId));
      ObjectNode actions = item.putObject("actions");
      engagement.actions.forEach((index, value) -> actions.put(index.toString(), value));
    }
    return root;
  }

  private static BigInteger unsigned(long id) {
    return new BigInteger(Long.toUnsignedString(id));
  }
}
