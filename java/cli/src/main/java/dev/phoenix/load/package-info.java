/** An open-loop load generator for the gRPC services. */
@NullMarked
package dev.phoenix.load;

import org.jspecify.annotations.NullMarked;
