/** Runs the examples, and the documents' own code as a program of its own. */
@NullMarked
package dev.phoenix.examples;

import org.jspecify.annotations.NullMarked;
