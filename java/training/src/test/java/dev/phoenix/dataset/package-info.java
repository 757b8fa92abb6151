/** Tests. */
@NullMarked
package dev.phoenix.dataset;

import org.jspecify.annotations.NullMarked;
