package dev.phoenix.serving.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A page of metrics.
 *
 * @param families what its comments say, by name
 * @param samples the names and labels of its lines, as written
 */
record MetricPage(Map<String, Family> families, List<String> samples) {
  private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) (\\S+) (.*)");
  private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_]\\w*(?:\\{.*})?) \\S+");
  private static final Pattern NAMED_LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** A metric of a query, with its matchers; a word before a parenthesis is a function. */
  private static final Pattern SELECTOR =
      Pattern.compile("\\b([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\\b(?!\\s*\\()(\\{[^}]*})?");

  private static final Pattern MATCHER =
      Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern GROUPED = Pattern.compile("\\b(?:by|on|without)\\s*\\(([^)]*)\\)");

  /** Labels that Prometheus adds to what it scrapes. */
  private static final Set<String> ADDED = Set.of("instance", "job", "namespace", "pod");

  /** Help and type of a metric. */
  record Family(String help, String type) {}

  static MetricPage parse(String text) {
    Map<String, Family> families = new TreeMap<>();
    List<String> samples = new ArrayList<>();
    for (String line : text.lines().toList()) {
      Matcher comment = COMMENT.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (comment.matches()) {
        Family before = families.getOrDefault(comment.group(2), new Family("", ""));
        boolean help = comment.group(1).equals("HELP");
        families.put(
            comment.group(2),
            help
                ? new Family(comment.group(3), before.type())
                : new Family(before.help(), comment.group(3)));
      } else if (sample.matches()) {
        samples.add(sample.group(1));
      }
    }
    return new MetricPage(families, samples);
  }

  /** The metrics and labels of a query that the page does not have. */
  List<String> unknownIn(String query) {
    List<String> unknown = new ArrayList<>();
    Set<String> labels = new TreeSet<>(ADDED);
    Matcher selector = SELECTOR.matcher(GROUPED.matcher(query).replaceAll(""));
    while (selector.find()) {
      String name = selector.group(1);
      List<String> series = samples.stream().filter(each -> nameOf(each).equals(name)).toList();
      if (series.isEmpty()) {
        unknown.add(name + " is not on the page");
        continue;
      }
      Map<String, Set<String>> known = labels(series);
      labels.addAll(known.keySet());
      unknown.addAll(unmatched(name, selector.group(2), known));
    }
    Matcher grouped = GROUPED.matcher(query);
    while (grouped.find()) {
      for (String label : grouped.group(1).split("[,\\s]+")) {
        if (!label.isEmpty() && !labels.contains(label)) {
          unknown.add("label " + label + " of " + query);
        }
      }
    }
    return unknown;
  }

  private static List<String> unmatched(
      String name, @Nullable String matchers, Map<String, Set<String>> known) {
    List<String> unknown = new ArrayList<>();
    Matcher matcher = MATCHER.matcher(matchers == null ? "" : matchers);
    while (matcher.find()) {
      String label = matcher.group(1);
      if (!ADDED.contains(label) && !known.containsKey(label)) {
        unknown.add("%s has no label %s".formatted(name, label));
      }
    }
    return unknown;
  }

  private static Map<String, Set<String>> labels(List<String> series) {
    Map<String, Set<String>> labels = new TreeMap<>();
    for (String each : series) {
      Matcher label = NAMED_LABEL.matcher(each);
      while (label.find()) {
        labels.computeIfAbsent(label.group(1), _ -> new TreeSet<>()).add(label.group(2));
      }
    }
    return labels;
  }

  private static String nameOf(String sample) {
    int brace = sample.indexOf('{');
    return brace < 0 ? sample : sample.substring(0, brace);
  }
}
