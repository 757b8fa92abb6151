/** Tests of compression. */
@NullMarked
package dev.phoenix.compression;

import org.jspecify.annotations.NullMarked;
