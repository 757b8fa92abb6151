/** Tests of the kit: that it finds what it says it finds. */
@NullMarked
package dev.phoenix.device.junit;

import org.jspecify.annotations.NullMarked;
