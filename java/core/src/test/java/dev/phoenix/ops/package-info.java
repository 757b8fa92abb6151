/** What every backend answers to. */
@NullMarked
package dev.phoenix.ops;

import org.jspecify.annotations.NullMarked;
