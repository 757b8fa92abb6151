/** Turns ids and actions into embedding rows and features, the inputs of the model's tokens. */
@NullMarked
package dev.phoenix.feature;

import org.jspecify.annotations.NullMarked;
