/** A client for Java programs with a reused connection, deadlines and bounded retries. */
@NullMarked
package dev.phoenix.client;

import org.jspecify.annotations.NullMarked;
