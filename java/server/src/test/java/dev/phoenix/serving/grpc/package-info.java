/** The services as clients meet them. */
@NullMarked
package dev.phoenix.serving.grpc;

import org.jspecify.annotations.NullMarked;
