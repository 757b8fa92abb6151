/** Tests of the load generator. */
@NullMarked
package dev.phoenix.load;

import org.jspecify.annotations.NullMarked;
