@NullMarked
package dev.phoenix.bench.bundle;

import org.jspecify.annotations.NullMarked;
