/** The server as a process: configuration, ports, start and end. */
@NullMarked
package dev.phoenix.serving.server;

import org.jspecify.annotations.NullMarked;
