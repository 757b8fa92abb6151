/** One test per CUDA feature: compiled by nvcc, compared with plain Java. */
@NullMarked
package dev.phoenix.device.junit.features;

import org.jspecify.annotations.NullMarked;
