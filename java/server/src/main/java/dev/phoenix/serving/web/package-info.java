/** An HTTP/1 server on Netty: connections and their limits, requests, routes. */
@NullMarked
package dev.phoenix.serving.web;

import org.jspecify.annotations.NullMarked;
