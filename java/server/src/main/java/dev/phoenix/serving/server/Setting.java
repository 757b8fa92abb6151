package dev.phoenix.serving.server;

import java.util.Locale;

/**
 * The settings of the server. A setting's key in a file is its name in lower case with dashes, its
 * flag has two dashes before the key, and its environment variable is {@code PHOENIX_} and the
 * name.
 */
public enum Setting {
  /** Checkpoint. */
  ARTIFACTS("", "Checkpoint in the published layout (default: the demo)."),
  /** Live corpora. */
  LIVE_FOLDER("", "Folder of posts added while serving; none: the corpus cannot change."),
  /** Live corpora. */
  CORPORA("", "Further corpora by name, a,b,...; they begin empty, and need live-folder."),
  /** Kafka. */
  KAFKA_BOOTSTRAP("", "Brokers host:port,... to ingest posts from; none: off. Needs live-folder."),
  /** Kafka. */
  KAFKA_TOPIC("", "Topic of posts: post id as key, JSON or null as value."),
  /** Kafka. */
  KAFKA_ISOLATION(
      "read_committed",
      "read_committed: no records of transactions that are open or aborted; read_uncommitted:"
          + " all."),
  /** Kafka. */
  KAFKA_READY_AT_START(
      "true", "true: not ready until the topic was read to the end that it had at the start."),
  /** Kafka. */
  KAFKA_CORPUS("", "Corpus that the topic feeds; none: the default one."),
  /** Kafka. */
  KAFKA_PROPERTIES("", "File of further settings of the Kafka client, for TLS and logins."),
  /** Interface. */
  HOST("127.0.0.1", "Interface to listen on; the loopback interface unless told otherwise."),
  /** gRPC. */
  GRPC_PORT("9988", "Port of the gRPC services; 0 for any that is free."),
  /** HTTP. */
  HTTP_PORT("9090", "Port of JSON, metrics, probes and the page; 0 for any that is free."),
  /** Administration. */
  ADMIN_PORT("off", "Port of administration over HTTP, on the same interface; needs the token."),
  /** Its token. */
  ADMIN_TOKEN("", "Token for reloads and changes of posts, 16 characters or more; none: off."),
  /** TLS. */
  TLS_CERTIFICATE("", "PEM file of the certificate chain, for all ports."),
  /** TLS. */
  TLS_PRIVATE_KEY("", "PEM file of its private key: PKCS#8, PKCS#1 or SEC1, not encrypted."),
  /** TLS. */
  TLS_CLIENT_AUTHORITIES(
      "", "PEM file of authorities; clients then need a certificate of one of them; none: off."),
  /** Access. */
  API_TOKEN("", "Token that all calls but those of health need, 16 characters or more; none: off."),
  /** Connections. */
  HTTP_CONNECTIONS(
      "0",
      "Open connections of each HTTP port; 0: half of the process's file descriptors, 4096 at"
          + " most."),
  /** Connections. */
  HTTP_CONNECTIONS_PER_ADDRESS(
      "0", "Open connections of one address to an HTTP port; 0: half of http-connections."),
  /** Connections. */
  HTTP_HEAD_SECONDS("10", "Seconds for the head of an HTTP request and for a TLS handshake."),
  /** Connections. */
  HTTP_IDLE_SECONDS("60", "Seconds that an HTTP connection may wait for its next request."),
  /** Connections. */
  HTTP_BODY_SECONDS("60", "Seconds for the body of an HTTP request, and to take a response."),
  /** Connections. */
  HTTP_BODY_BYTES_PER_SECOND("1024", "Least rate of a body after its first five seconds."),
  /** Connections. */
  GRPC_PING_SECONDS("2", "Least seconds between two keepalive pings of a gRPC client."),
  /** Connections. */
  GRPC_IDLE_PINGS("true", "Whether gRPC clients may ping while no call runs: true or false."),
  /** Connections. */
  GRPC_RESETS("1000", "Streams of a gRPC connection that may be reset within ten seconds."),
  /** Backend. */
  BACKEND("auto", "Where to compute: auto, cpu, cuda or emulated."),
  /** Precision. */
  PRECISION("", "float32 or bfloat16 (default: the backend's own)."),
  /** Cores. */
  THREADS("0", "Cores to use on the CPU; 0 for all that the process may use."),
  /** B. */
  BATCH_SIZE("32", "Maximum number of requests in a batch."),
  /** Queue. */
  QUEUE_LIMIT("2048", "Maximum number of waiting requests."),
  /** Cap. */
  IN_FLIGHT_LIMIT("2560", "Maximum number of waiting and running requests."),
  /** Lanes. */
  BATCHES_IN_FLIGHT("1", "Batches that run at once; they share weights and kept histories."),
  /** Cache. */
  KEPT_HISTORY_MIB("256", "Memory for kept histories, in MiB; 0 for none."),
  /** Deadline. */
  DEFAULT_DEADLINE_MS("1200", "Deadline of a request that gives none, in milliseconds."),
  /** Deadline. */
  MAX_DEADLINE_MS(
      "60000", "Longest deadline, in milliseconds; a request's longer one is cut to it."),
  /** Memory. */
  REQUEST_MEMORY_MIB(
      "0", "Memory of requests that are read or wait, in MiB; 0 for a quarter of the heap."),
  /** K. */
  TOP_K("200", "Posts to retrieve if a request gives no number."),
  /** Histories. */
  HISTORY_END(
      "",
      "Which S events of a longer history are read: last or first (default: as in config.json)."),
  /** Seen posts. */
  EXCLUDE("seen", "Whether to exclude posts of a user's history: seen (excluded) or none."),
  /** Stages. */
  NO_RANKER(
      "",
      "true: order feeds by retrieval; false: require a ranker; empty: use a ranker if there is"
          + " one."),
  /** Weights. */
  WEIGHTS(
      "",
      "What feeds are ordered by: model, published, production, retrieval, name=weight,... or a"
          + " JSON file; empty: model, or retrieval without a ranker."),
  /** Weights. */
  ALLOW_UNTRAINED("false", "true: allow weights of outputs that the model was not trained for."),
  /** Taxonomy. */
  TAXONOMY("enum", "Meaning of action indices: enum or runner."),
  /** Traces. */
  TRACES("off", "Collector of traces, http://HOST:4318/v1/traces (OTLP over HTTP), or off."),
  /** Their share. */
  TRACES_SHARE("1", "Share of calls to trace, 0 to 1, if the caller does not decide."),
  /** Log. */
  LOG_FORMAT("auto", "Format of the log: text, json, or auto (text on a terminal, else JSON)."),
  /** Log. */
  LOG_LEVEL("info", "Least level of the server's messages: error, warning, info, debug or trace."),
  /** Log. */
  ACCESS_LOG("false", "true: log every HTTP request and gRPC call with its status and duration."),
  /** Drain. */
  LAME_DUCK_SECONDS("5", "Seconds to serve on after a stop signal, while reporting not ready."),
  /** Drain. */
  DRAIN_SECONDS("20", "Seconds after that for the last requests to end.");

  private final String standard;
  private final String help;

  Setting(String standard, String help) {
    this.standard = standard;
    this.help = help;
  }

  /** The key in a file. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The flag. */
  public String flag() {
    return "--" + key();
  }

  /** The variable of the environment. */
  public String variable() {
    return "PHOENIX_" + name();
  }

  /** The default value. */
  public String standard() {
    return standard;
  }

  /** The help text, one line. */
  public String help() {
    return help;
  }

  /** Whether the flag alone says {@code true}. */
  public boolean isSwitch() {
    return this == NO_RANKER || this == ALLOW_UNTRAINED || this == ACCESS_LOG;
  }

  /** Whether its value must not be printed. */
  boolean isSecret() {
    return this == ADMIN_TOKEN || this == API_TOKEN;
  }
}
