/** The command line. */
@NullMarked
package dev.phoenix.cli;

import org.jspecify.annotations.NullMarked;
