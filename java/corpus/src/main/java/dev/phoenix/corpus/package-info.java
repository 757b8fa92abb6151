/**
 * Corpora that live: posts are added, replaced and removed while others search, and none that was
 * acknowledged is lost. Readers hold snapshots; one thread writes, behind an append-only log.
 */
@NullMarked
package dev.phoenix.corpus;

import org.jspecify.annotations.NullMarked;
