/** Tests of plots. */
@NullMarked
package dev.phoenix.plot;

import org.jspecify.annotations.NullMarked;
