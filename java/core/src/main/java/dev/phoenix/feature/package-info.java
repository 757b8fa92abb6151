/** From ids and actions to the rows and numbers that the model's tokens are made of. */
@NullMarked
package dev.phoenix.feature;

import org.jspecify.annotations.NullMarked;
