package dev.phoenix.serving.web;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Routes by path and method. A path with a {@code GET} also has {@code HEAD}, every path has {@code
 * OPTIONS}, and other methods are answered with 405 and {@code Allow}. Of two patterns that match a
 * path the first added counts.
 */
public final class Routes implements Handler {
  private final Function<String, byte[]> errors;
  private final Map<String, Path> paths = new LinkedHashMap<>();

  private record Method(Handler handler, Set<String> query) {}

  private static final class Path {
    final String pattern;
    final String[] segments;
    final Map<String, Method> methods = new TreeMap<>();

    Path(String pattern) {
      this.pattern = pattern;
      this.segments = pattern.split("/", -1);
    }

    String allowed() {
      Set<String> all = new TreeSet<>(methods.keySet());
      all.add("OPTIONS");
      if (all.contains("GET")) {
        all.add("HEAD");
      }
      return String.join(", ", all);
    }
  }

  /** A path that a request matches, with the values of its parameters. */
  private record Match(Path path, Map<String, String> parameters) {}

  /**
   * Creates routes.
   *
   * @param errors makes the JSON body of an error from its message
   */
  public Routes(Function<String, byte[]> errors) {
    this.errors = errors;
  }

  /**
   * Adds a handler.
   *
   * @param method in capitals
   * @param pattern a path whose segments in braces are parameters, as in {@code /v2/models/{model}}
   * @param query the query's parameters; a request with others is refused with 400
   */
  public Routes on(String method, String pattern, Handler handler, String... query) {
    paths
        .computeIfAbsent(pattern, Path::new)
        .methods
        .put(method, new Method(handler, new TreeSet<>(List.of(query))));
    return this;
  }

  /** Adds a handler of {@code GET} and {@code HEAD}. */
  public Routes get(String pattern, Handler handler, String... query) {
    return on("GET", pattern, handler, query);
  }

  /** Adds a handler of {@code POST}. */
  public Routes post(String pattern, Handler handler, String... query) {
    return on("POST", pattern, handler, query);
  }

  /** The patterns with the methods of each, in the order in which they were added. */
  public Map<String, Set<String>> all() {
    Map<String, Set<String>> all = new LinkedHashMap<>();
    paths.forEach((pattern, path) -> all.put(pattern, Set.copyOf(path.methods.keySet())));
    return all;
  }

  @Override
  public void handle(ServerRequest request, ServerResponse response) {
    if (request.path().equals("*")) {
      options(response, "GET, HEAD, OPTIONS, POST");
      return;
    }
    Match match;
    try {
      match = match(request.path());
    } catch (IllegalArgumentException malformed) {
      refuse(response, 400, "the path: expected percent-encoded UTF-8");
      return;
    }
    if (match == null) {
      refuse(response, 404, "there is no such path here");
      return;
    }
    request.matched(match.path().pattern, match.parameters());
    handle(match.path(), request, response);
  }

  private void handle(Path path, ServerRequest request, ServerResponse response) {
    String name = request.method().equals("HEAD") ? "GET" : request.method();
    Method method = path.methods.get(name);
    if (method == null && name.equals("OPTIONS")) {
      options(response, path.allowed());
    } else if (method == null) {
      response.header("Allow", path.allowed());
      refuse(response, 405, "expected one of the methods " + path.allowed());
    } else {
      for (String parameter : request.queryNames()) {
        if (!method.query().contains(parameter) && !method.query().contains("*")) {
          refuse(response, 400, unknown(parameter, method.query()));
          return;
        }
      }
      method.handler().handle(request, response);
    }
  }

  private static String unknown(String parameter, Set<String> known) {
    String shown = parameter.length() > 64 ? parameter.substring(0, 64) + "..." : parameter;
    return "the query: expected %s, found '%s'"
        .formatted(known.isEmpty() ? "no parameters" : "parameters of " + known, shown);
  }

  private static void options(ServerResponse response, String allowed) {
    response.status(204);
    response.header("Allow", allowed);
    response.send();
  }

  private void refuse(ServerResponse response, int status, String message) {
    response.status(status);
    response.header("Content-Type", "application/json");
    response.send(errors.apply(message));
  }

  private @Nullable Match match(String path) {
    List<String> found = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
      found.add(QueryStringDecoder.decodeComponent(segment.replace("+", "%2B")));
    }
    for (Path candidate : paths.values()) {
      Map<String, String> parameters = new HashMap<>();
      if (matches(candidate.segments, found, parameters)) {
        return new Match(candidate, parameters);
      }
    }
    return null;
  }

  private static boolean matches(
      String[] pattern, List<String> found, Map<String, String> parameters) {
    if (pattern.length != found.size()) {
      return false;
    }
    for (int i = 0; i < pattern.length; i++) {
      String part = pattern[i];
      if (part.startsWith("{") && !found.get(i).isEmpty()) {
        parameters.put(part.substring(1, part.length() - 1), found.get(i));
      } else if (!part.equals(found.get(i))) {
        return false;
      }
    }
    return true;
  }
}
