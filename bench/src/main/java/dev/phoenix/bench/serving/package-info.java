/** The figures that a server is held to, measured on servers in processes of their own. */
@NullMarked
package dev.phoenix.bench.serving;

import org.jspecify.annotations.NullMarked;
