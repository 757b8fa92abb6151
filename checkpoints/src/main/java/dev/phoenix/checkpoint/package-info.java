/** Readers and writers of the files a Phoenix model lives in. */
@NullMarked
package dev.phoenix.checkpoint;

import org.jspecify.annotations.NullMarked;
