/** Helpers shared by the tests of several packages. */
@NullMarked
package dev.phoenix.testing;

import org.jspecify.annotations.NullMarked;
