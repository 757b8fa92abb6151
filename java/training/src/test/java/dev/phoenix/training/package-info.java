/** Tests of training. */
@NullMarked
package dev.phoenix.training;

import org.jspecify.annotations.NullMarked;
