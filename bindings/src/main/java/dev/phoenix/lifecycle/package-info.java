/** Ownership of what must be closed. No dependencies, so every package may use it. */
@NullMarked
package dev.phoenix.lifecycle;

import org.jspecify.annotations.NullMarked;
