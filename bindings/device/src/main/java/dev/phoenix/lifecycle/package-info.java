/** Ownership of what must be closed, and use by one thread at a time. Depends on nothing. */
@NullMarked
package dev.phoenix.lifecycle;

import org.jspecify.annotations.NullMarked;
