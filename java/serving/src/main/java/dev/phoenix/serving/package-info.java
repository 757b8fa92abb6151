/** The serving engine: queue, batches, kept histories, models that are swapped. */
@NullMarked
package dev.phoenix.serving;

import org.jspecify.annotations.NullMarked;
