package dev.phoenix.training.run;

import dev.phoenix.dataset.DatasetException;
import dev.phoenix.plot.Series;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The metrics of a training, one JSON object a line, each with its {@code step}. A training that is
 * resumed drops the lines behind its checkpoint, whose steps are made again, and half a line that a
 * sudden end left.
 */
final class MetricsLog {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private final Path file;
  private final List<JsonNode> lines = new ArrayList<>();

  private MetricsLog(Path file) {
    this.file = file;
  }

  /** The log {@code file} up to step {@code step}, or a new one where that is 0. */
  static MetricsLog open(Path file, long step) {
    MetricsLog log = new MetricsLog(file);
    try {
      if (step > 0 && Files.isRegularFile(file)) {
        log.keep(Files.readAllLines(file), step);
      }
      Path rewritten = file.resolveSibling("." + file.getFileName() + ".tmp");
      StringBuilder text = new StringBuilder();
      log.lines.forEach(line -> text.append(MAPPER.writeValueAsString(line)).append('\n'));
      Files.writeString(rewritten, text);
      Files.move(rewritten, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new DatasetException("cannot write the metrics " + file + ": " + e, e);
    }
    return log;
  }

  private void keep(List<String> found, long step) {
    for (String line : found) {
      JsonNode node;
      try {
        node = MAPPER.readTree(line);
      } catch (JacksonException torn) {
        // Only the last line can be torn, and its step is behind the checkpoint.
        return;
      }
      if (node.path("step").asLong(0) <= step) {
        lines.add(node);
      }
    }
  }

  /** Appends a line. */
  void add(SequencedMap<String, Object> values) {
    JsonNode node = MAPPER.valueToTree(values);
    lines.add(node);
    try {
      Files.writeString(
          file,
          MAPPER.writeValueAsString(node) + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new DatasetException("cannot write the metrics " + file + ": " + e, e);
    }
  }

  /** The points (step, value) of the lines that have a number under {@code path}. */
  List<Series.Point> points(String... path) {
    List<Series.Point> points = new ArrayList<>();
    for (JsonNode line : lines) {
      JsonNode value = line;
      for (String key : path) {
        value = value.path(key);
      }
      if (value.isNumber()) {
        points.add(Series.Point.of(line.path("step").asDouble(0), value.doubleValue()));
      }
    }
    return points;
  }
}
