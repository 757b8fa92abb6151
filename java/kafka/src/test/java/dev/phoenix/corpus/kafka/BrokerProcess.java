package dev.phoenix.corpus.kafka;

import kafka.Kafka;
import kafka.tools.StorageTool;

/** The process of a {@link Broker}: formats the folder once, and runs Kafka's own server. */
final class BrokerProcess {
  private BrokerProcess() {}

  /** Runs a server with the properties of a file; the second argument is the cluster's id. */
  public static void main(String[] arguments) {
    String[] format = {
      "format", "--ignore-formatted", "--cluster-id", arguments[1], "--config", arguments[0]
    };
    int formatted = StorageTool.execute(format, System.out);
    if (formatted != 0) {
      throw new IllegalStateException("the folder cannot be formatted: " + formatted);
    }
    Kafka.main(new String[] {arguments[0]});
  }
}
