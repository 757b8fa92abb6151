package dev.phoenix.serving.http;

import dev.phoenix.serving.web.Routes;
import java.util.List;

/**
 * The page and its two files, read once. The page loads nothing from other hosts, which its content
 * security policy enforces.
 */
final class PageFiles {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src"
          + " 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private PageFiles() {}

  private record File(String path, String resource, String type) {}

  private static final List<File> FILES =
      List.of(
          new File("/", "index.html", "text/html; charset=utf-8"),
          new File("/page.css", "page.css", "text/css; charset=utf-8"),
          new File("/page.js", "page.js", "text/javascript; charset=utf-8"));

  static void route(Routes routing) {
    for (File file : FILES) {
      byte[] bytes = Resources.read(file.resource());
      routing.get(
          file.path(),
          (_, response) -> {
            response.header("Content-Type", file.type());
            response.header("Content-Security-Policy", POLICY);
            response.header("X-Content-Type-Options", "nosniff");
            response.send(bytes);
          },
          "*");
    }
  }
}
