/** Tests of how outcomes are read and reported. */
@NullMarked
package dev.phoenix.bench.verify;

import org.jspecify.annotations.NullMarked;
