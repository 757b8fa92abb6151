/** Tests. */
@NullMarked
package dev.phoenix.training.run;

import org.jspecify.annotations.NullMarked;
