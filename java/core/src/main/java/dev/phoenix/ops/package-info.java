/** The operations that the graph is written in, whatever they run on. */
@NullMarked
package dev.phoenix.ops;

import org.jspecify.annotations.NullMarked;
