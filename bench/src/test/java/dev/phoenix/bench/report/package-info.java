/** Tests of reports. */
@NullMarked
package dev.phoenix.bench.report;

import org.jspecify.annotations.NullMarked;
