package dev.phoenix.bench.serving;

import dev.phoenix.bench.report.Figure;
import java.util.List;

/**
 * The results of a part.
 *
 * @param setting model, requests and load, in a sentence
 * @param figures the figures in the order in which they are shown
 */
record Findings(String setting, List<Figure> figures) {}
