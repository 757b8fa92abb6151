/** Tests of posts from Kafka. */
@NullMarked
package dev.phoenix.corpus.kafka;

import org.jspecify.annotations.NullMarked;
