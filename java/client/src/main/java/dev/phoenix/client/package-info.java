/** A client for Java programs: channels that are reused, deadlines, retries that do no harm. */
@NullMarked
package dev.phoenix.client;

import org.jspecify.annotations.NullMarked;
