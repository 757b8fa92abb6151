package dev.phoenix.checkpoint;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Coverage-guided fuzzing of all parsers. A normal test run only repeats the inputs in {@code
 * src/test/resources}; with {@code JAZZER_FUZZ=1} and one method selected, it fuzzes.
 */
class ParserFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void archive(byte[] input) {
    ParserProbe.ARCHIVE.probe(input);
  }

  @FuzzTest(maxDuration = "60s")
  void npyHeader(byte[] input) {
    byte[] npy = RawZip.npy("", input);
    npy[8] = (byte) input.length;
    npy[9] = (byte) (input.length >> 8);
    ParserProbe.ARCHIVE.probe(npy);
  }

  @FuzzTest(maxDuration = "60s")
  void pickle(byte[] input) {
    ParserProbe.PICKLE.probe(input);
  }

  @FuzzTest(maxDuration = "60s")
  void config(byte[] input) {
    ParserProbe.CONFIG.probe(input);
  }

  @FuzzTest(maxDuration = "60s")
  void sequence(byte[] input) {
    ParserProbe.SEQUENCE.probe(input);
  }
}
