package dev.phoenix.bench.gpu;

import dev.phoenix.bench.BoundedProcess;
import dev.phoenix.bench.report.Figure;
import dev.phoenix.bench.report.Report;
import dev.phoenix.bench.report.Timing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the peers' scripts, each in its own Python process, and reads their figures. A peer that is
 * missing, fails, gives different results or takes too long is listed as skipped.
 */
final class Peers {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int SHOWN = 300;

  private final Path scripts;
  private final Path cases;
  private final List<String> python;
  private final String device;
  private final List<Report.LeftOut> leftOut = new ArrayList<>();
  private final Map<String, List<Figure.Peer>> found = new LinkedHashMap<>();

  /**
   * One script on one case.
   *
   * @param part the part whose figures it is compared with
   * @param file the script in {@code bench/peers}
   * @param folder the folder of the case
   * @param longest the time limit
   */
  record Task(Part part, String file, String folder, Duration longest) {}

  /** The output of a script. */
  record Answer(String library, List<Measured> figures, List<String> leftOut) {}

  /** One figure of a script; {@code ok} says whether its outputs agree with ours. */
  record Measured(String name, String peer, double seconds, boolean ok, String check) {}

  /**
   * Creates a runner of peers.
   *
   * @param scripts the folder of the scripts
   * @param cases the folder of their cases
   * @param python the interpreter
   * @param device {@code cuda} or {@code cpu}
   */
  Peers(Path scripts, Path cases, Path python, String device) {
    this.scripts = scripts;
    this.cases = cases;
    this.python = List.of(python.toString());
    this.device = device;
  }

  /** The scripts in order of importance. */
  static List<Task> tasks() {
    return List.of(
        new Task(Part.MINI, "rank_torch.py", "mini", Duration.ofSeconds(120)),
        new Task(Part.TOPK, "topk_torch.py", "topk", Duration.ofSeconds(90)),
        new Task(Part.ATTENTION, "attention_torch.py", "attention", Duration.ofSeconds(90)),
        new Task(Part.PRODUCTION, "rank_torch.py", "production", Duration.ofSeconds(150)),
        new Task(Part.MINI, "rank_jax.py", "mini", Duration.ofSeconds(90)),
        new Task(Part.PRODUCTION, "rank_jax.py", "production", Duration.ofSeconds(120)),
        new Task(Part.TRAINING, "train_step_torch.py", "train_retrieval", Duration.ofSeconds(60)),
        new Task(Part.TRAINING, "train_step_torch.py", "train_ranker", Duration.ofSeconds(60)),
        new Task(Part.MINI, "rank_torch.py", "rehearsal", Duration.ofSeconds(240)),
        new Task(Part.MINI, "rank_jax.py", "rehearsal", Duration.ofSeconds(240)),
        new Task(Part.PRODUCTION, "rank_torch.py", "rehearsal_grouped", Duration.ofSeconds(240)),
        new Task(Part.PRODUCTION, "rank_jax.py", "rehearsal_grouped", Duration.ofSeconds(240)));
  }

  List<Report.LeftOut> leftOut() {
    return leftOut;
  }

  /** The peers' figures by the name of this product's figure. */
  Map<String, List<Figure.Peer>> found() {
    return found;
  }

  /** Runs a task, if its case was written. */
  void run(Task task, Budget budget) throws IOException {
    Path folder = cases.resolve(task.folder());
    if (!Files.isRegularFile(folder.resolve("case.json"))) {
      return;
    }
    // On a CPU, compilation takes longer than the computation.
    Duration longest = device.equals("cpu") ? task.longest().multipliedBy(3) : task.longest();
    Duration time = min(longest, budget.left());
    String name = task.file() + " on " + task.folder();
    if (time.toSeconds() < 5) {
      leaveOut(task, name + ": no time left");
      return;
    }
    Path out = folder.resolve(task.file().replace(".py", ".json"));
    Files.deleteIfExists(out);
    String failure = finished(task, folder, out, time);
    // A script writes after every measurement, so a stopped one keeps its figures.
    if (Files.isRegularFile(out)) {
      add(JSON.readValue(out, Answer.class), task, name);
    }
    if (failure != null) {
      leaveOut(task, name + ": " + failure);
    }
  }

  private @Nullable String finished(Task task, Path folder, Path out, Duration time)
      throws IOException {
    Path log = folder.resolve(task.file().replace(".py", ".log"));
    List<String> command = new ArrayList<>(python);
    command.addAll(
        List.of(
            scripts.resolve(task.file()).toString(),
            "--case",
            folder.toString(),
            "--out",
            out.toString(),
            "--device",
            device,
            "--budget",
            Long.toString(time.toSeconds())));
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(log.toFile());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    OptionalInt exit = BoundedProcess.run(builder, time.plusSeconds(5));
    if (exit.isEmpty()) {
      return "stopped after " + time.toSeconds() + " s";
    }
    return exit.getAsInt() == 0 ? null : "exit code " + exit.getAsInt() + ": " + tail(log);
  }

  private static String tail(Path log) throws IOException {
    String text = Files.readString(log).strip().replace('\n', ' ');
    return text.substring(Math.max(0, text.length() - SHOWN));
  }

  private void leaveOut(Task task, String what) {
    leftOut.add(new Report.LeftOut(task.part().title(), what));
  }

  private void add(Answer answer, Task task, String name) {
    for (Measured measured : answer.figures()) {
      String peer = measured.peer() + ", " + answer.library();
      if (measured.ok()) {
        found
            .computeIfAbsent(measured.name(), any -> new ArrayList<>())
            .add(
                new Figure.Peer(
                    peer,
                    new Timing(List.of(measured.seconds()), Timing.How.PEER),
                    measured.check()));
      } else {
        leaveOut(
            task, "%s, %s: outputs differ: %s".formatted(peer, measured.name(), measured.check()));
      }
    }
    answer.leftOut().forEach(line -> leaveOut(task, name + ": " + line));
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
