/** Tests of the device's value types. */
@NullMarked
package dev.phoenix.device;

import org.jspecify.annotations.NullMarked;
