/** The transformer, the ranker and the two towers: the graph, written once. */
@NullMarked
package dev.phoenix.model;

import org.jspecify.annotations.NullMarked;
