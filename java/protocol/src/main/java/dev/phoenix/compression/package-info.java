/** How messages and bodies are compressed, for servers and clients alike. */
@NullMarked
package dev.phoenix.compression;

import org.jspecify.annotations.NullMarked;
