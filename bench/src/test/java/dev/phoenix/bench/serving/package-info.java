/** The judging of the server's figures. */
@NullMarked
package dev.phoenix.bench.serving;

import org.jspecify.annotations.NullMarked;
