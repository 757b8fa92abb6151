/**
 * What users did with posts, read from text files: who saw what, when, and what came of it. Files
 * come from anywhere, so every reader checks what it reads and names file and line of what it
 * refuses.
 */
@NullMarked
package dev.phoenix.dataset;

import org.jspecify.annotations.NullMarked;
