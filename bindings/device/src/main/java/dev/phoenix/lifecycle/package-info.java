/**
 * Ownership of closeable resources, and detection of use by several threads. Has no dependencies.
 */
@NullMarked
package dev.phoenix.lifecycle;

import org.jspecify.annotations.NullMarked;
