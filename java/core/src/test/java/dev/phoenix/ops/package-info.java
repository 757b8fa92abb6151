/** Contract tests that every backend must pass. */
@NullMarked
package dev.phoenix.ops;

import org.jspecify.annotations.NullMarked;
