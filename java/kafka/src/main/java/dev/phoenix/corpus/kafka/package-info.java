/** Posts from a Kafka topic. Needs kafka-clients, which Phoenix does not bring along. */
@NullMarked
package dev.phoenix.corpus.kafka;

import org.jspecify.annotations.NullMarked;
