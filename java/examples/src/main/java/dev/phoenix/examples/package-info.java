/** Programs of a newcomer's size. */
@NullMarked
package dev.phoenix.examples;

import org.jspecify.annotations.NullMarked;
