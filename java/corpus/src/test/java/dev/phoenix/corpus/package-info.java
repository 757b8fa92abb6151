/** Tests of live corpora. */
@NullMarked
package dev.phoenix.corpus;

import org.jspecify.annotations.NullMarked;
