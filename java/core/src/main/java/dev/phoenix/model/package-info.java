/**
 * The model graph: the transformer, the ranker and the two retrieval towers.
 *
 * <p>All public types are API.
 */
@NullMarked
package dev.phoenix.model;

import org.jspecify.annotations.NullMarked;
