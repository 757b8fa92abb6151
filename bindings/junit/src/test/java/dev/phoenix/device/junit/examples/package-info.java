/** Two tests of a newcomer's size: a kernel that is right, and one that the emulator stops. */
@NullMarked
package dev.phoenix.device.junit.examples;

import org.jspecify.annotations.NullMarked;
