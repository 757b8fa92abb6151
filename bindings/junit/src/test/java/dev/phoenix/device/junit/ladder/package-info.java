/**
 * A tutorial: rms_norm, attention and top-k, each optimised in steps of one idea, checked against
 * plain Java, with instruction counts per step.
 */
@NullMarked
package dev.phoenix.device.junit.ladder;

import org.jspecify.annotations.NullMarked;
