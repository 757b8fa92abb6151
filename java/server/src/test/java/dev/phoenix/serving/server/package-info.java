/** The server as a process. */
@NullMarked
package dev.phoenix.serving.server;

import org.jspecify.annotations.NullMarked;
