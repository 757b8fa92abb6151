/** Tests of the features of tokens. */
@NullMarked
package dev.phoenix.feature;

import org.jspecify.annotations.NullMarked;
