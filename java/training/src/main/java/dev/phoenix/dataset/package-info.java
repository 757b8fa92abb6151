/**
 * Readers of datasets in text files, which contain users, posts, impressions and actions. Files are
 * not trusted: readers check all values, and errors name file and line.
 *
 * <p>All public types are API.
 */
@NullMarked
package dev.phoenix.dataset;

import org.jspecify.annotations.NullMarked;
