package dev.phoenix.serving.server;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Finds {@code PHOENIX_} variables of the environment that are no settings. */
public final class EnvironmentCheck {
  private static final String PREFIX = "PHOENIX_";

  /** Variables that other parts of the product read: the launcher and the bundle. */
  private static final Set<String> OTHERS =
      Set.of("PHOENIX_JAVA_OPTIONS", "PHOENIX_UNPACKED", "PHOENIX_PYTHON");

  /** The names that Kubernetes gives to the ports of a Service called phoenix or phoenix-... */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "PHOENIX_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_\\w+)?)?)");

  private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

  /** More changed characters than this make another name, not a misspelt one. */
  private static final int MAX_CHANGES = 3;

  private EnvironmentCheck() {}

  /**
   * Refuses a variable that Kubernetes set for a Service.
   *
   * @throws IllegalArgumentException if {@code value} is the address of a Service
   */
  static void requireNoServiceLink(Setting setting, String value) {
    if (SERVICE_ADDRESS.matcher(value.strip()).matches()) {
      throw new IllegalArgumentException(
          ("%s: expected a value of %s, found '%s', the address that Kubernetes gives for a"
                  + " Service; set enableServiceLinks: false in the pod's spec")
              .formatted(setting.variable(), setting.key(), value.strip()));
    }
  }

  /**
   * A warning for each unknown variable that begins with {@code PHOENIX_}, with the most similar
   * known one. All those of Kubernetes Services share one warning.
   */
  public static List<String> warnings(Map<String, String> environment) {
    Set<String> known = new HashSet<>(OTHERS);
    for (Setting setting : Setting.values()) {
      known.add(setting.variable());
    }
    List<String> warnings = new ArrayList<>();
    Set<String> links = new TreeSet<>();
    for (String name : new TreeSet<>(environment.keySet())) {
      if (!name.startsWith(PREFIX) || known.contains(name)) {
        continue;
      }
      if (SERVICE_LINK.matcher(name).matches()) {
        links.add(name);
      } else {
        warnings.add(unknown(name, known));
      }
    }
    if (!links.isEmpty()) {
      warnings.add(
          ("%s: Kubernetes sets such variables for a Service of this name; they are ignored; set"
                  + " enableServiceLinks: false in the pod's spec")
              .formatted(String.join(", ", links)));
    }
    return warnings;
  }

  private static String unknown(String name, Set<String> known) {
    String nearest = "";
    int fewest = MAX_CHANGES + 1;
    for (String each : new TreeSet<>(known)) {
      int changes = changes(name, each);
      if (changes < fewest) {
        fewest = changes;
        nearest = each;
      }
    }
    String hint =
        nearest.isEmpty()
            ? "`phoenix serve --print-config` lists all"
            : "the most similar one is " + nearest;
    return "%s is no setting and is ignored; %s".formatted(name, hint);
  }

  /** The number of characters to insert, remove or replace between two names. */
  private static int changes(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
