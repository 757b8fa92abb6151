/** Golden cases run on a backend and compared tensor by tensor. */
@NullMarked
package dev.phoenix.parity;

import org.jspecify.annotations.NullMarked;
