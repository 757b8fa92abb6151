/** What the ranker's outputs are called and how they become one score. */
@NullMarked
package dev.phoenix.ranking;

import org.jspecify.annotations.NullMarked;
