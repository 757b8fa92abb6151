/**
 * Live corpora, whose posts are added, replaced and removed during searches. Acknowledged changes
 * are not lost. Readers hold snapshots; one thread writes to an append-only log and then to memory.
 *
 * <p>All public types are API.
 */
@NullMarked
package dev.phoenix.corpus;

import org.jspecify.annotations.NullMarked;
