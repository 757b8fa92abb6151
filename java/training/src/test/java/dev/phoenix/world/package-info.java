/** Tests. */
@NullMarked
package dev.phoenix.world;

import org.jspecify.annotations.NullMarked;
