/** The model graph: the transformer, the ranker and the two retrieval towers. */
@NullMarked
package dev.phoenix.model;

import org.jspecify.annotations.NullMarked;
