/** Certificates and keys of TLS: read from PEM files, checked, and read again when they change. */
@NullMarked
package dev.phoenix.serving.tls;

import org.jspecify.annotations.NullMarked;
