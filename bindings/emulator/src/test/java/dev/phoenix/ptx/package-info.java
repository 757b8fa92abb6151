/** Tests of the PTX front end. */
@NullMarked
package dev.phoenix.ptx;

import org.jspecify.annotations.NullMarked;
