/** Golden cases on backends that the tests of the models leave out. */
@NullMarked
package dev.phoenix.parity;

import org.jspecify.annotations.NullMarked;
