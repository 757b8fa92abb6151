/** Rules of the whole project. */
@NullMarked
package dev.phoenix;

import org.jspecify.annotations.NullMarked;
