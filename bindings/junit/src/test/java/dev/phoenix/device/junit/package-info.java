/** Tests of the JUnit extension. */
@NullMarked
package dev.phoenix.device.junit;

import org.jspecify.annotations.NullMarked;
