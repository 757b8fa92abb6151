/** The payload of the bundle: packed when it is made, unpacked where it is first used. */
@NullMarked
package dev.phoenix.bench.bundle;

import org.jspecify.annotations.NullMarked;
