/** Tests of the client, against servers on the loopback. */
@NullMarked
package dev.phoenix.client;

import org.jspecify.annotations.NullMarked;
