/** Tests of the way from ids and actions to tokens. */
@NullMarked
package dev.phoenix.feature;

import org.jspecify.annotations.NullMarked;
