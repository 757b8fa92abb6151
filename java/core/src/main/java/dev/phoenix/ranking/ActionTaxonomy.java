package dev.phoenix.ranking;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the indices of discrete actions mean. The source has two taxonomies for models of the same
 * shape, and a checkpoint does not say which it was trained with. Source: SPEC section 5.
 */
@SuppressWarnings("ImmutableEnumChecker") // The maps are unmodifiable copies.
public enum ActionTaxonomy {
  /** The numbers of the action enum, which the published pipeline uses. */
  ENUM(
      Map.ofEntries(
          Map.entry(1, "favorite"),
          Map.entry(4, "reply"),
          Map.entry(5, "quote"),
          Map.entry(6, "repost"),
          Map.entry(11, "dwell"),
          Map.entry(13, "vqv"),
          Map.entry(14, "photo_expand"),
          Map.entry(17, "not_interested"),
          Map.entry(21, "follow_author"),
          Map.entry(23, "block_author"),
          Map.entry(25, "mute_author"),
          Map.entry(29, "click"),
          Map.entry(30, "profile_click"),
          Map.entry(37, "share"))),

  /** The order of the runner's outputs. */
  RUNNER(
      byPosition(
          List.of(
              "favorite",
              "reply",
              "repost",
              "photo_expand",
              "click",
              "profile_click",
              "vqv",
              "share",
              "share_via_dm",
              "share_via_copy_link",
              "dwell",
              "quote",
              "quoted_click",
              "follow_author",
              "not_interested",
              "block_author",
              "mute_author",
              "report",
              "dwell_time")));

  private final Map<Integer, String> names;

  ActionTaxonomy(Map<Integer, String> names) {
    this.names = Map.copyOf(names);
  }

  private static Map<Integer, String> byPosition(List<String> names) {
    Map<Integer, String> byIndex = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      byIndex.put(i, names.get(i));
    }
    return byIndex;
  }

  /** The name of action {@code index}; {@code action_<index>} where the taxonomy has none. */
  public String name(int index) {
    return names.getOrDefault(index, "action_" + index);
  }

  /**
   * The index of the action called {@code name}, among the first {@code actions}.
   *
   * @throws IllegalArgumentException naming the actions there are
   */
  public int index(String name, int actions) {
    for (int i = 0; i < actions; i++) {
      if (name(i).equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "taxonomy %s has no action '%s' among the model's %d; it has %s"
            .formatted(label(), name, actions, namesOf(actions)));
  }

  private List<String> namesOf(int actions) {
    return names.entrySet().stream()
        .filter(entry -> entry.getKey() < actions)
        .sorted(Map.Entry.comparingByKey())
        .map(Map.Entry::getValue)
        .toList();
  }

  /** The name as the command line and the reports spell it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return label();
  }
}
