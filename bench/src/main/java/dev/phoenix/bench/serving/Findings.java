package dev.phoenix.bench.serving;

import java.util.List;

/**
 * What a part has found.
 *
 * @param setting model, requests and load, in a sentence
 * @param figures in the order in which they are shown
 */
record Findings(String setting, List<Figure> figures) {}
