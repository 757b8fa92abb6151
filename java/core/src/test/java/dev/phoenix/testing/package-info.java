/** What the tests of several packages share. */
@NullMarked
package dev.phoenix.testing;

import org.jspecify.annotations.NullMarked;
