/** Tests. */
@NullMarked
package dev.phoenix.fit;

import org.jspecify.annotations.NullMarked;
