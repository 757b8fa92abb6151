/** The operations on the scalar definitions: what every other backend is compared with. */
@NullMarked
package dev.phoenix.ops.reference;

import org.jspecify.annotations.NullMarked;
