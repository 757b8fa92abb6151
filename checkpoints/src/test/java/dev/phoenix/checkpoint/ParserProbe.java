package dev.phoenix.checkpoint;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/**
 * Runs a parser and all its conversions on bytes; it may throw only {@code CheckpointException}.
 */
enum ParserProbe {
  /** An archive, or an npy file where it begins as one. */
  ARCHIVE {
    @Override
    void read(byte[] input) {
      try (NpzFile file = TestFiles.parse(input)) {
        file.names().forEach(name -> convert(file.get(name)));
        file.verifyChecksums();
      }
    }
  },
  /** The pickle of five strings. */
  PICKLE {
    @Override
    void read(byte[] input) {
      String header = "{'descr': '|O', 'fortran_order': False, 'shape': (10,), }";
      ARCHIVE.read(RawZip.npy(header, input));
    }
  },
  CONFIG {
    @Override
    void read(byte[] input) {
      ModelConfig config = ConfigReader.read(JsonPlace.parse(input, new Place("fuzz.json", null)));
      ParameterLayout.ranker(config);
      ParameterLayout.retrieval(config);
    }
  },
  SEQUENCE {
    @Override
    void read(byte[] input) {
      UserSequence.read(JsonPlace.parse(input, new Place("fuzz.json", null)));
    }
  };

  private static final int MAX_CONVERTED = 1 << 20;

  static {
    // Suppress thousands of warnings of unknown keys.
    ((Logger) LoggerFactory.getLogger(ConfigReader.class.getName())).setLevel(Level.OFF);
  }

  /** Runs the parser. Ignores a {@code CheckpointException}; rethrows anything else. */
  void probe(byte[] input) {
    try {
      read(input);
    } catch (CheckpointException e) {
      String message = e.getMessage();
      if (message == null || !(message.contains("test.npz") || message.contains("fuzz.json"))) {
        throw new AssertionError("the refusal names no file: " + message, e);
      }
    }
  }

  abstract void read(byte[] input);

  private static void convert(NpyArray array) {
    if (array.size() > MAX_CONVERTED) {
      return;
    }
    switch (array.type()) {
      case FLOAT16, FLOAT32, FLOAT64, BFLOAT16 -> array.toFloats();
      case BOOL -> array.toBooleans();
      case UNICODE, BYTES, OBJECT_STRING -> array.toStrings();
      default -> array.toLongs();
    }
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
