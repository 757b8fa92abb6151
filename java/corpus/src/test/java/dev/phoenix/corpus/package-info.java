/** Tests of corpora that live. */
@NullMarked
package dev.phoenix.corpus;

import org.jspecify.annotations.NullMarked;
