package dev.phoenix.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two models of the published size open in a small heap: the tables stay mapped. */
class LargeModelsTest {
  private static final int ROWS = 1_000_000;
  private static final int WIDTH = 128;
  private static final long NEEDED = 4L << 30;

  @Test
  void openInA512MegabyteHeap(@TempDir Path folder) throws Exception {
    long free = Files.getFileStore(folder).getUsableSpace();
    assumeTrue(
        free >= NEEDED,
        () -> "skipped: " + free + " bytes free for temporary files, need " + NEEDED);
    Path first = writeSparse(folder.resolve("retrieval.npz"));
    Path second = writeSparse(folder.resolve("ranker.npz"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Open.class.getName(),
                first.toString(),
                second.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    System.out.print(output);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("opened two models"), output);
  }

  /** Main class of the forked JVM. */
  static final class Open {
    private Open() {}

    public static void main(String[] paths) {
      ModelConfig config =
          ModelConfig.parse(
              ModelConfigTest.MINIMAL.replace("\"emb_size\": 64", "\"emb_size\": " + WIDTH),
              "test");
      long start = System.nanoTime();
      try (EmbeddingTables first = EmbeddingTables.open(Path.of(paths[0]), config);
          EmbeddingTables second = EmbeddingTables.open(Path.of(paths[1]), config)) {
        double seconds = (System.nanoTime() - start) * 1e-9;
        float[] row = new float[WIDTH];
        long rows = first.vocabulary().combinedRows();
        if (rows != 65 + 3L * ROWS) {
          throw new AssertionError(rows + " rows");
        }
        for (long i = 0; i < rows; i += 99_991) {
          first.copyRow(i, row, 0);
          second.copyRow(rows - 1 - i, row, 0);
        }
        long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        System.out.printf(
            "opened two models in %.3f s, heap used %d MiB of %d MiB%n",
            seconds, heap >> 20, Runtime.getRuntime().maxMemory() >> 20);
      }
    }
  }

  private static Path writeSparse(Path path) throws IOException {
    String shape = "(" + ROWS + ", " + WIDTH + ")";
    byte[] npy = RawZip.npy("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }\n");
    RawZip zip = new RawZip();
    try (RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
      for (String name : new String[] {"user", "item", "author"}) {
        RawZip.Entry entry = zip.store(name + "_embeddings.npy", npy);
        entry.size = entry.localSize = entry.packedSize = npy.length + 4L * ROWS * WIDTH;
        entry.zip64 = true;
        entry.offset = out.getFilePointer();
        out.write(RawZip.local(entry));
        long data = out.getFilePointer();
        out.write(npy);
        out.seek(data + entry.size);
      }
      long start = out.getFilePointer();
      for (RawZip.Entry entry : zip.entries) {
        out.write(RawZip.central(entry));
      }
      out.write(zip.end(start, out.getFilePointer() - start));
    }
    return path;
  }
}
