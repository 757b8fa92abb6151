/** Tests of the two models. */
@NullMarked
package dev.phoenix.model;

import org.jspecify.annotations.NullMarked;
