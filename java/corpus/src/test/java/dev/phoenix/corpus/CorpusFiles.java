package dev.phoenix.corpus;

import dev.phoenix.checkpoint.CorpusWriter;
import java.nio.file.Path;
import java.util.List;

/** Writes corpus files of posts encoded by a {@link HashEncoder}. */
final class CorpusFiles {
  private CorpusFiles() {}

  static Path write(Path file, HashEncoder encoder, List<Post> posts) {
    long[] ids = posts.stream().mapToLong(Post::id).toArray();
    long[] authors = posts.stream().mapToLong(Post::authorId).toArray();
    float[] vectors = new float[ids.length * encoder.dimension()];
    encoder.encode(vectors, ids, authors);
    try (CorpusWriter writer = CorpusWriter.create(file, ids, authors, encoder.dimension())) {
      writer.append(vectors, 0, vectors.length);
      writer.commit(
          posts.stream().map(Post::topic).toList(),
          posts.stream().mapToLong(Post::attributes).toArray(),
          posts.stream().mapToLong(Post::created).toArray());
    }
    return file;
  }
}
