/** Tests of keys and certificates. */
@NullMarked
package dev.phoenix.serving.tls;

import org.jspecify.annotations.NullMarked;
