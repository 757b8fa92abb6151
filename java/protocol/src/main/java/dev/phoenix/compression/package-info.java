/** Compression of messages and bodies, for servers and clients. */
@NullMarked
package dev.phoenix.compression;

import org.jspecify.annotations.NullMarked;
