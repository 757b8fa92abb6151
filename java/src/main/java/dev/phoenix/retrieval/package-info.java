/** From a user to the posts of a corpus that suit them. */
@NullMarked
package dev.phoenix.retrieval;

import org.jspecify.annotations.NullMarked;
