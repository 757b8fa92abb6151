/** The HTTP port as clients and browsers meet it. */
@NullMarked
package dev.phoenix.serving.http;

import org.jspecify.annotations.NullMarked;
