/** Tests of the HTTP listener with raw sockets. */
@NullMarked
package dev.phoenix.serving.web;

import org.jspecify.annotations.NullMarked;
