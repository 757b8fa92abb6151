/** Two introductory tests: a correct kernel, and one with an error that the emulator reports. */
@NullMarked
package dev.phoenix.device.junit.examples;

import org.jspecify.annotations.NullMarked;
