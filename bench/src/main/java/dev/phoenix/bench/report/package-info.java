/**
 * Reports of benchmarks: figures with goals, floors and peers, their JSON files, tables and plots.
 */
@NullMarked
package dev.phoenix.bench.report;

import org.jspecify.annotations.NullMarked;
