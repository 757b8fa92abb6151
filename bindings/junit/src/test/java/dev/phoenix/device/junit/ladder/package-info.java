/**
 * A ladder for learners: rms_norm, attention and top-k, each in steps of one idea, checked against
 * plain Java and counted side by side.
 */
@NullMarked
package dev.phoenix.device.junit.ladder;

import org.jspecify.annotations.NullMarked;
