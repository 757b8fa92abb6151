package dev.phoenix.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.ops.Precision;
import dev.phoenix.pipeline.Feed;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.ScoreExplanation;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A feed, printed as a table or as JSON. */
record FeedReport(UserSequence user, Feed feed, Terms terms, Source source) {
  /** Whether the terms of scores are shown. */
  enum Terms {
    SHOWN,
    HIDDEN
  }

  /** The backend, its precision and the size of the corpus that made a feed. */
  record Source(String backend, Precision precision, long corpusSize) {}

  private static final int TOPIC_WIDTH = 20;
  private static final int POST_WIDTH = 45;
  private static final List<String> SHOWN = List.of("favorite", "reply", "repost", "dwell", "vqv");
  private static final Map<String, String> HEADINGS =
      Map.of(
          "favorite", "Fav", "reply", "Reply", "repost", "Repost", "dwell", "Dwell", "vqv", "VQV");

  /** The JSON form; ids are strings, because 64 bits do not fit a double. */
  private record Document(
      String user_id, String backend, String precision, String taxonomy, List<Entry> results) {}

  private record Entry(
      int rank,
      String post_id,
      String author_id,
      @Nullable String topic,
      float retrieval_score,
      float weighted_score,
      Map<String, Float> probabilities,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Explanation explanation) {}

  private record Explanation(
      List<ScoreExplanation.Term> terms,
      float weighted_sum,
      @JsonInclude(JsonInclude.Include.NON_NULL) ScoreExplanation.@Nullable Offset offset,
      double author_factor,
      double corpus_factor,
      double score,
      int rank_by_score) {
    static Explanation of(ScoreExplanation explanation) {
      return new Explanation(
          explanation.terms(),
          explanation.weightedSum(),
          explanation.offset().orElse(null),
          explanation.authorFactor(),
          explanation.corpusFactor(),
          explanation.score(),
          explanation.placeByScore() + 1);
    }
  }

  void printJson(PrintWriter out, int display) {
    List<Entry> entries = new ArrayList<>();
    for (Feed.Item item : shown(display)) {
      Map<String, Float> probabilities = new LinkedHashMap<>();
      for (int action = 0; action < item.probabilities().length; action++) {
        probabilities.put(taxonomy().name(action), item.probabilities()[action]);
      }
      entries.add(
          new Entry(
              item.rank(),
              Long.toUnsignedString(item.postId()),
              Long.toUnsignedString(item.authorId()),
              item.topic(),
              item.retrievalScore(),
              item.weightedScore(),
              probabilities,
              terms == Terms.SHOWN ? Explanation.of(explanation(item)) : null));
    }
    Document document =
        new Document(
            Long.toUnsignedString(user.userId()),
            source.backend(),
            source.precision().label(),
            taxonomy().label(),
            entries);
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    out.println(mapper.writeValueAsString(document));
  }

  void printTable(PrintWriter out, int display) {
    List<Feed.Item> items = shown(display);
    int[] columns = new int[SHOWN.size()];
    StringBuilder heading = new StringBuilder("Rank   Score  Retrieval");
    for (int i = 0; i < columns.length; i++) {
      columns[i] = columnOf(SHOWN.get(i));
      heading.append(String.format(Locale.ROOT, "  %6s", HEADINGS.get(SHOWN.get(i))));
    }
    heading.append(String.format(Locale.ROOT, "  %-" + TOPIC_WIDTH + "s  Post", "Topic"));
    String rule = "─".repeat(heading.length() - "Post".length() + POST_WIDTH);
    out.printf(
        "Feed of user %s: %,d engagements, %,d posts retrieved of %,d, ranked (%s, %s, actions:"
            + " %s)%n",
        Long.toUnsignedString(user.userId()),
        user.history().size(),
        feed.items().size(),
        source.corpusSize(),
        source.backend(),
        source.precision().label(),
        taxonomy().label());
    out.println(rule);
    out.println(heading);
    out.println(rule);
    for (Feed.Item item : items) {
      printItem(out, item, columns);
      if (terms == Terms.SHOWN) {
        out.println("      " + text(explanation(item)));
      }
    }
    out.println(rule);
    if (!feed.items().isEmpty()) {
      out.printf(
          Locale.ROOT,
          "Weighted scores from %.4f to %.4f over all %,d ranked posts%n",
          feed.items().stream().map(Feed.Item::weightedScore).min(Float::compare).orElse(0f),
          feed.items().stream().map(Feed.Item::weightedScore).max(Float::compare).orElse(0f),
          feed.items().size());
    }
  }

  private static void printItem(PrintWriter out, Feed.Item item, int[] columns) {
    out.printf(
        Locale.ROOT,
        "%4d  %6.4f     %6.4f",
        item.rank(),
        item.weightedScore(),
        item.retrievalScore());
    for (int column : columns) {
      if (column < 0) {
        out.printf("  %6s", "-");
      } else {
        out.printf(Locale.ROOT, "  %6.4f", item.probabilities()[column]);
      }
    }
    out.printf(
        Locale.ROOT,
        "  %-" + TOPIC_WIDTH + "s  https://x.com/a/status/%s%n",
        clipped(item.topic()),
        Long.toUnsignedString(item.postId()));
  }

  private ActionTaxonomy taxonomy() {
    return feed.ranking().scorer().model().taxonomy();
  }

  private ScoreExplanation explanation(Feed.Item item) {
    return feed.ranking().explain(item.rank() - 1);
  }

  /** An explanation in a line; factors of 1 are left out. */
  private static String text(ScoreExplanation explanation) {
    StringBuilder text = new StringBuilder();
    for (ScoreExplanation.Term term : explanation.terms()) {
      text.append(text.isEmpty() ? "" : " + ")
          .append(String.format(Locale.ROOT, "%s %.4f × ", term.output(), term.value()))
          .append(term.weight());
    }
    text.append(String.format(Locale.ROOT, " = %.4f", explanation.weightedSum()));
    explanation
        .offset()
        .ifPresent(
            offset ->
                text.append(
                    String.format(
                        Locale.ROOT, ", with offset %s: %.6f", offset.offset(), offset.score())));
    append(text, ", author × ", explanation.authorFactor());
    append(text, ", corpus × ", explanation.corpusFactor());
    if (explanation.placeByScore() != explanation.place()) {
      text.append(", rank by score ").append(explanation.placeByScore() + 1);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String what, double factor) {
    if (factor != 1) {
      text.append(what).append(factor);
    }
  }

  private static String clipped(@Nullable String topic) {
    if (topic == null) {
      return "";
    }
    return topic.length() <= TOPIC_WIDTH ? topic : topic.substring(0, TOPIC_WIDTH - 1) + "…";
  }

  /** The index of {@code action} in this taxonomy; -1 if the model does not have it. */
  private int columnOf(String action) {
    int actions = feed.items().isEmpty() ? 0 : feed.items().getFirst().probabilities().length;
    for (int i = 0; i < actions; i++) {
      if (taxonomy().name(i).equals(action)) {
        return i;
      }
    }
    return -1;
  }

  private List<Feed.Item> shown(int display) {
    return feed.items().subList(0, Math.min(display, feed.items().size()));
  }
}
