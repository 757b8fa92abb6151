/** The operations of the model graph, independent of the backend. */
@NullMarked
package dev.phoenix.ops;

import org.jspecify.annotations.NullMarked;
