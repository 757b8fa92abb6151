package dev.phoenix.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reports in the forms of 2026-11-22: one for comparisons on the CPU, which has "entries", and one
 * for servers, whose figures have one value and goal each.
 */
record EarlierReport(JsonNode tree, JsonMapper json) {
  Report converted() {
    Machine machine = json.treeToValue(tree.path("machine"), Machine.class);
    boolean servers = tree.has("part");
    Report.Run run =
        new Report.Run(
            servers ? "serving-" + text(tree, "part") : "cpu",
            text(tree, "date"),
            text(tree, "commit"),
            tree.path("quick").asBoolean(false) ? Report.Kind.QUICK : Report.Kind.FULL,
            servers
                ? text(tree, "setting")
                : "%d of %d cores".formatted(tree.path("threads").asInt(), machine.cores()));
    List<Figure> figures = new ArrayList<>();
    tree.path(servers ? "figures" : "entries")
        .forEach(node -> figures.add(servers ? served(node) : compared(node)));
    return Report.of(run, machine, figures);
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asString();
  }

  private Figure served(JsonNode node) {
    String unit = text(node, "unit");
    // NaN is a text in JSON.
    double value = json.treeToValue(node.path("value"), Double.class);
    Figure figure = Figure.of(text(node, "name"), value, unit);
    String sense = text(node, "goal");
    return sense.equals("NONE")
        ? figure
        : figure.withGoal(
            new Goal(unit, Goal.Sense.valueOf(sense), node.path("limit").asDouble(), value));
  }

  private static Figure compared(JsonNode node) {
    Timing ours = rounds(node.path("phoenix"));
    double amount = node.path("phoenix").path("ratePerSecond").asDouble() * ours.median();
    Figure figure =
        Figure.timed(text(node, "name"), ours, text(node, "check"))
            .withAmount(amount, text(node, "rateUnit"));
    if (node.path("target").isNumber()) {
      figure = figure.withGoal(Goal.besidePeers(node.path("target").asDouble()));
    }
    JsonNode peer = node.path("peer");
    return peer.isObject()
        ? figure.withPeers(List.of(new Figure.Peer(text(peer, "name"), rounds(peer), "")))
        : figure;
  }

  private static Timing rounds(JsonNode side) {
    List<Double> seconds =
        StreamSupport.stream(side.path("rounds").spliterator(), false)
            .map(JsonNode::asDouble)
            .toList();
    return new Timing(seconds, Timing.How.HOST_ROUNDS);
  }
}
