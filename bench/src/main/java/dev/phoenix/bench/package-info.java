/** Benchmarks of the product beside its peers; every one checks its results before it measures. */
@NullMarked
package dev.phoenix.bench;

import org.jspecify.annotations.NullMarked;
