/** The engine over gRPC. */
@NullMarked
package dev.phoenix.serving.grpc;

import org.jspecify.annotations.NullMarked;
