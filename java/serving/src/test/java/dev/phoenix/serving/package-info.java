/** The engine, its queue and its models. */
@NullMarked
package dev.phoenix.serving;

import org.jspecify.annotations.NullMarked;
