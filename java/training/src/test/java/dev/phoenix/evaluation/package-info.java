/** Tests. */
@NullMarked
package dev.phoenix.evaluation;

import org.jspecify.annotations.NullMarked;
