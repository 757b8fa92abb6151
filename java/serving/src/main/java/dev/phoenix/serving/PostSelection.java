package dev.phoenix.serving;

import dev.phoenix.corpus.Filter;
import dev.phoenix.feature.Exclude;
import dev.phoenix.feature.ExcludedPosts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The posts that a request may retrieve, and the time at which they are shown.
 *
 * @param choice corpora and attributes
 * @param exclusion the excluded posts
 * @param impressionSeconds the time of showing, in seconds since the epoch; 0 for now
 */
public record PostSelection(CorpusChoice choice, Exclusion exclusion, long impressionSeconds) {
  /** Every post of the default corpus except those that the server excludes by default. */
  public static final PostSelection DEFAULT =
      new PostSelection(CorpusChoice.DEFAULT, Exclusion.DEFAULT, 0);

  private static final String FORM =
      "corpora=a,b;all=1;any=2;none=4;exclude=seen;excluded=7,8;impression=1700000000,"
          + " any of them left out";

  private static final Set<String> KEYS =
      Set.of("corpora", "all", "any", "none", "exclude", "excluded", "impression");
  private static final int MAX_CHARACTERS = 1 << 19;

  /**
   * Parses a selection, for protocols whose messages have no field for it: {@code
   * corpora=a,b;all=1;any=2;none=4;exclude=seen;excluded=7,8;impression=1700000000}, any of them
   * left out. Bits and post ids are decimal or 0x-hexadecimal numbers of 64 bits without a sign;
   * {@code exclude} is {@code seen} or {@code none}, {@code excluded} names further posts to leave
   * out, {@code impression} is when posts are shown, in seconds since the epoch. An empty text
   * stands for {@link #DEFAULT}.
   *
   * @throws Rejection if it is of another form
   */
  public static PostSelection parse(String text) {
    RequestLimits.require("characters that choose posts", text.length(), MAX_CHARACTERS);
    Map<String, String> items = new HashMap<>();
    for (String item : text.isBlank() ? new String[0] : text.split(";", -1)) {
      int equals = item.indexOf('=');
      String key = item.substring(0, Math.max(0, equals)).strip();
      String value = item.substring(equals + 1).strip();
      if (!KEYS.contains(key) || value.isEmpty() || items.put(key, value) != null) {
        throw malformed();
      }
    }
    String corpora = items.get("corpora");
    Filter filter = new Filter(bits(items, "all"), bits(items, "any"), bits(items, "none"));
    return new PostSelection(
        new CorpusChoice(corpora == null ? List.of() : list(corpora), filter),
        new Exclusion(exclude(items.get("exclude")), excluded(items.get("excluded"))),
        bits(items, "impression"));
  }

  private static List<String> list(String value) {
    return List.of(value.split("\\s*,\\s*", -1));
  }

  private static Optional<Exclude> exclude(@Nullable String word) {
    if (word == null) {
      return Optional.empty();
    }
    return Optional.of(Exclude.parse(word).orElseThrow(PostSelection::malformed));
  }

  private static ExcludedPosts excluded(@Nullable String ids) {
    return ids == null
        ? ExcludedPosts.NONE
        : ExcludedPosts.of(list(ids).stream().mapToLong(PostSelection::number).toArray());
  }

  private static long bits(Map<String, String> items, String key) {
    String value = items.get(key);
    return value == null ? 0 : number(value);
  }

  private static long number(String value) {
    try {
      return value.startsWith("0x")
          ? Long.parseUnsignedLong(value.substring(2), 16)
          : Long.parseUnsignedLong(value);
    } catch (NumberFormatException wrong) {
      throw malformed();
    }
  }

  private static Rejection malformed() {
    return new Rejection(
        Rejection.Reason.INVALID, "the choice of posts: expected " + FORM + ", found another form");
  }
}
