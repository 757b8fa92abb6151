package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertNotMapped;
import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {
  @TempDir Path folder;

  @Test
  void readsTheDemo() {
    try (Corpus corpus = Corpus.open(TestFiles.demo("corpus.npz"));
        NpzFile file = NpzFile.open(TestFiles.demo("corpus.npz"))) {
      corpus.verifyChecksums();
      assertEquals(4000, corpus.size());
      assertEquals(128, corpus.dimension());
      assertEquals(4000L * 128 * 4, corpus.representations().byteSize());
      long[] posts = file.get("post_ids").toLongs();
      long[] authors = file.get("author_ids").toLongs();
      String[] topics = file.get("topics").toStrings();
      for (int i = 0; i < 4000; i++) {
        assertEquals(posts[i], corpus.postId(i));
        assertEquals(authors[i], corpus.authorId(i));
        assertEquals(topics[i], corpus.topic(i));
      }
      assertThrows(IndexOutOfBoundsException.class, () -> corpus.postId(4000));
      assertThrows(IndexOutOfBoundsException.class, () -> corpus.topic(-1));
    }
  }

  @Test
  void readsPickledTopics() {
    try (Corpus corpus = Corpus.open(TestFiles.golden("pipeline/corpus_object_topics.npz"))) {
      assertEquals(50, corpus.size());
      assertEquals("Football", corpus.topic(0));
      for (int i = 0; i < 50; i++) {
        assertNotNull(corpus.topic(i));
      }
    }
  }

  @Test
  void keepsIdsAboveTwoToThe63() {
    Path path = folder.resolve("corpus.npz");
    long[] ids = {Long.MIN_VALUE, -1, 5};
    try (CorpusWriter writer = CorpusWriter.create(path, ids, new long[] {1, -2, 3}, 2)) {
      writer.append(new float[] {9, 1, 2}, 1, 2);
      writer.append(new float[] {3, 4, 5, 6}, 0, 4);
      writer.commit(List.of("a", "", "ü"));
    }
    try (Corpus corpus = Corpus.open(path)) {
      assertEquals("9223372036854775808", Long.toUnsignedString(corpus.postId(0)));
      assertEquals("18446744073709551615", Long.toUnsignedString(corpus.postId(1)));
      assertEquals(-2, corpus.authorId(1));
      assertEquals("ü", corpus.topic(2));
      assertEquals("", corpus.topic(1));
      assertEquals(6f, corpus.representations().get(ByteCursor.F32, 20));
    }
  }

  @Test
  void readsAnEmptyCorpusWithoutTopics() {
    Path path = folder.resolve("corpus.npz");
    try (CorpusWriter writer = CorpusWriter.create(path, new long[0], new long[0], 7)) {
      writer.commit();
    }
    try (Corpus corpus = Corpus.open(path)) {
      assertEquals(0, corpus.size());
      assertEquals(7, corpus.dimension());
      assertFalse(corpus.hasTopics());
      assertThrows(IndexOutOfBoundsException.class, () -> corpus.postId(0));
    }
    try (CorpusWriter writer = CorpusWriter.create(path, new long[1], new long[1], 1)) {
      writer.append(new float[1], 0, 1);
      writer.commit();
    }
    try (Corpus corpus = Corpus.open(path)) {
      assertNull(corpus.topic(0));
    }
  }

  @Test
  void keepsAttributes() {
    Path path = folder.resolve("corpus.npz");
    try (CorpusWriter writer = CorpusWriter.create(path, new long[] {1, 2}, new long[2], 1)) {
      writer.append(MemorySegment.ofArray(new float[] {3, 4}));
      writer.commit(List.of("a", "b"), new long[] {-1, 6});
    }
    try (Corpus corpus = Corpus.open(path)) {
      assertEquals(-1, corpus.attributes(0));
      assertEquals(6, corpus.attributes(1));
      assertEquals(4f, corpus.representations().get(ByteCursor.F32, 4));
      assertThrows(IndexOutOfBoundsException.class, () -> corpus.attributes(2));
    }
    try (Corpus corpus = Corpus.open(TestFiles.demo("corpus.npz"))) {
      assertEquals(0, corpus.attributes(3999));
    }
  }

  @Test
  void refusesAnIncompleteCorpus() {
    Path path = folder.resolve("corpus.npz");
    try (CorpusWriter writer = CorpusWriter.create(path, new long[2], new long[2], 3)) {
      writer.append(new float[3], 0, 3);
      assertRefused(writer::commit, "candidate_representations", "24 bytes", "12 bytes");
    }
    assertFalse(Files.exists(path));
    assertRefused(
        () -> CorpusWriter.create(path, new long[2], new long[1], 3), "author_ids", "2 values");
    assertRefused(() -> CorpusWriter.create(path, new long[2], new long[2], 0), "at least 1");
  }

  @Test
  void refusesArraysThatDoNotFit() {
    assertRefused(
        () -> Corpus.open(TestFiles.npy("types_stored.npz")), "'candidate_representations'");
    Path path = folder.resolve("corpus.npz");
    write(path, new float[6], 3, 2, 2);
    assertRefused(() -> Corpus.open(path), "'post_ids'", "[3]", "INT64 [2]");
    write(path, new float[6], 6);
    assertRefused(() -> Corpus.open(path), "[posts, dimension]", "FLOAT32 [6]");
    write(path, new float[0], 0, 0);
    assertRefused(() -> Corpus.open(path), "a dimension from 1");
  }

  @Test
  void keepsCreationTimesWithoutTopicsOrAttributes() {
    Path path = folder.resolve("corpus.npz");
    try (CorpusWriter writer = CorpusWriter.create(path, new long[2], new long[2], 1)) {
      writer.append(new float[2], 0, 2);
      writer.commit(List.of(), new long[0], new long[] {1_700_000_000, -5});
    }
    try (Corpus corpus = Corpus.open(path);
        NpzFile file = NpzFile.open(path)) {
      assertEquals(1_700_000_000, corpus.created(0));
      assertEquals(-5, corpus.created(1));
      assertFalse(corpus.hasTopics());
      assertFalse(file.contains("attributes"));
      assertThrows(IndexOutOfBoundsException.class, () -> corpus.created(2));
    }
    try (CorpusWriter writer = CorpusWriter.create(path, new long[2], new long[2], 1)) {
      writer.append(new float[2], 0, 2);
      writer.commit(List.of("a", "b"), new long[0], new long[0]);
    }
    try (Corpus corpus = Corpus.open(path);
        NpzFile file = NpzFile.open(path)) {
      assertEquals(0, corpus.created(1));
      assertEquals("b", corpus.topic(1));
      assertFalse(file.contains("created"));
    }
  }

  @Test
  void theWidestDimensionIsThatOfAnInt() {
    Path path = folder.resolve("corpus.npz");
    write(path, new float[0], 0, Integer.MAX_VALUE);
    assertRefused(() -> Corpus.open(path), "'post_ids'", "[0]");
    write(path, new float[0], 0, 1L << 31);
    assertRefused(() -> Corpus.open(path), "a dimension from 1 to 2^31 - 1");
  }

  @Test
  void refusesIdsThatAreNoIntegers() {
    Path path = folder.resolve("corpus.npz");
    try (NpzWriter writer = NpzWriter.create(path)) {
      writer.write("candidate_representations", new float[2], 2, 1);
      writer.write("post_ids", new long[2], 2);
      writer.write("author_ids", new float[2], 2);
      writer.commit();
    }
    assertRefused(
        () -> Corpus.open(path), "'author_ids'", "UINT64 or INT64 [2], found FLOAT32 [2]");
  }

  @Test
  void refusesVectorsInFortranOrder() throws IOException {
    RawZip zip = new RawZip();
    zip.store(
        "candidate_representations.npy",
        RawZip.npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", new byte[16]));
    Path path = Files.write(folder.resolve("corpus.npz"), zip.build());
    assertRefused(
        () -> Corpus.open(path),
        "FLOAT32 [posts, dimension] in C order, found FLOAT32 [2, 2] in Fortran order");
    assertNotMapped(path);
  }

  @Test
  void comparesChecksums() throws IOException {
    RawZip zip = new RawZip();
    String rows = "'fortran_order': False, 'shape': (1, 1), }";
    String ids = "'fortran_order': False, 'shape': (1,), }";
    zip.store("candidate_representations.npy", RawZip.npy("{'descr': '<f4', " + rows, new byte[4]));
    zip.store("post_ids.npy", RawZip.npy("{'descr': '<u8', " + ids, new byte[8]));
    zip.store("author_ids.npy", RawZip.npy("{'descr': '<u8', " + ids, new byte[8])).crc++;
    Path path = Files.write(folder.resolve("corpus.npz"), zip.build());
    try (Corpus corpus = Corpus.open(path)) {
      assertRefused(corpus::verifyChecksums, "'author_ids.npy'", "the file is corrupt");
    }
    assertNotMapped(path);
  }

  @Test
  void leavesNothingBehindWithoutCommit() throws IOException {
    Path path = folder.resolve("corpus.npz");
    assertRefused(() -> CorpusWriter.create(path, new long[2], new long[1], 3), "author_ids");
    CorpusWriter.create(path, new long[2], new long[2], 3).close();
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(), files.toList());
    }
  }

  private static void write(Path path, float[] vectors, long... shape) {
    long[] two = shape.length == 3 ? new long[] {shape[0], shape[1]} : shape;
    try (NpzWriter writer = NpzWriter.create(path)) {
      writer.write("candidate_representations", vectors, two);
      writer.write("post_ids", new long[2], 2);
      writer.write("author_ids", new long[2], 2);
      writer.commit();
    }
  }
}
