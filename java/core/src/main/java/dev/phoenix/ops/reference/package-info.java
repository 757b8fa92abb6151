/** The operations by their scalar definitions, with which tests compare every other backend. */
@NullMarked
package dev.phoenix.ops.reference;

import org.jspecify.annotations.NullMarked;
