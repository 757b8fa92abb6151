package dev.phoenix.scoring;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The names of the discrete action indices. The published source has two taxonomies for models of
 * the same shape, and a checkpoint does not record which one it was trained with. An action of both
 * taxonomies has the same name in both. Source: docs/model.md#5-ranker-outputs.
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
          Map.entry(10, "server_report"),
          Map.entry(11, "dwell"),
          Map.entry(12, "not_dwelled"),
          Map.entry(13, "vqv"),
          Map.entry(14, "photo_expand"),
          // The report sent by a client; the production value model weights this one.
          Map.entry(16, "report"),
          Map.entry(17, "not_interested"),
          Map.entry(19, "see_fewer"),
          Map.entry(21, "follow_author"),
          Map.entry(23, "block_author"),
          Map.entry(25, "mute_author"),
          Map.entry(29, "click"),
          Map.entry(30, "profile_click"),
          Map.entry(32, "share_via_copy_link"),
          Map.entry(33, "share_via_dm"),
          Map.entry(36, "bookmark"),
          Map.entry(37, "share"),
          Map.entry(39, "open_link"),
          Map.entry(47, "video_open"),
          Map.entry(59, "post_unexplored"))),

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
  private final Map<String, Integer> indices;

  ActionTaxonomy(Map<Integer, String> names) {
    this.names = Map.copyOf(names);
    Map<String, Integer> byName = new HashMap<>();
    names.forEach((index, name) -> byName.put(name, index));
    this.indices = Map.copyOf(byName);
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

  /** The index of the action that the taxonomy calls {@code name}; empty where it has none. */
  public OptionalInt index(String name) {
    Integer index = indices.get(name);
    return index == null ? OptionalInt.empty() : OptionalInt.of(index);
  }

  /** The names of the named indices below {@code actions}, in order of index. */
  public List<String> names(int actions) {
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
