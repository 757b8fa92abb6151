package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.feature.HashedCandidates;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.testing.RepositoryFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that an added post has the same vector as in an encoded corpus file. */
class TowerEncoderTest {
  private static final Path DEMO = RepositoryFiles.path("checkpoints/demo");
  private static final int POSTS = 700;

  @Test
  void encodesAsTheModelDoesWhateverComesTogether() {
    try (Ops ops = CpuOps.create(Precision.FLOAT32, 1);
        Corpus corpus = Corpus.open(DEMO.resolve("corpus.npz"));
        TowerEncoder encoder = TowerEncoder.open(ops, DEMO.resolve("retrieval"));
        RetrievalModel model = RetrievalModel.load(ops, DEMO.resolve("retrieval"));
        EmbeddingTables tables =
            EmbeddingTables.open(DEMO.resolve("retrieval/embedding_tables.npz"), model.config())) {
      long[] ids = LongStream.range(0, POSTS).map(corpus::postId).toArray();
      long[] authors = LongStream.range(0, POSTS).map(corpus::authorId).toArray();
      int columns = encoder.dimension();
      float[] expected = new float[POSTS * columns];
      model.encodePosts(expected, 0, HashedCandidates.create(model.config(), tables, ids, authors));
      float[] together = new float[POSTS * columns];
      encoder.encode(together, ids, authors);
      assertArrayEquals(expected, together, 0f);
      float[] alone = new float[columns];
      for (int i = 0; i < POSTS; i += 99) {
        encoder.encode(alone, new long[] {ids[i]}, new long[] {authors[i]});
        for (int d = 0; d < columns; d++) {
          assertEquals(expected[i * columns + d], alone[d]);
        }
      }
    }
  }

  @Test
  void theFingerprintIsThatOfTheFiles(@TempDir Path folder) throws Exception {
    for (String file : new String[] {"config.json", "model_params.npz", "embedding_tables.npz"}) {
      Files.copy(DEMO.resolve("retrieval").resolve(file), folder.resolve(file));
    }
    String same = TowerEncoder.fingerprint(folder);
    assertEquals(TowerEncoder.fingerprint(DEMO.resolve("retrieval")), same);
    Files.copy(
        DEMO.resolve("ranker/model_params.npz"),
        folder.resolve("model_params.npz"),
        StandardCopyOption.REPLACE_EXISTING);
    assertNotEquals(same, TowerEncoder.fingerprint(folder));
  }
}
