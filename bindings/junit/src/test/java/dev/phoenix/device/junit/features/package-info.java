/** One test per kind of kernel that people write: compiled by nvcc, compared with plain Java. */
@NullMarked
package dev.phoenix.device.junit.features;

import org.jspecify.annotations.NullMarked;
