/** The engine over HTTP: JSON, the open protocol, metrics, and a page. */
@NullMarked
package dev.phoenix.serving.http;

import org.jspecify.annotations.NullMarked;
