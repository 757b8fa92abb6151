package dev.phoenix.dataset;

import java.nio.file.Path;
import java.util.Locale;

/** The file formats that datasets are read from. */
public enum DataFormat {
  /** One user a line: the user's number and then the items' in time order, space separated. */
  SEQUENCES,
  /**
   * Tab-separated ratings with a header, {@code user_id:token item_id:token rating:float
   * timestamp:float}; titles and genres from the {@code .item} file beside it, if there is one.
   */
  MOVIELENS,
  /** What {@link WorldFile} writes: authors, posts, users and every impression. */
  WORLD;

  /**
   * Reads a dataset.
   *
   * @throws DatasetException naming file, line, what was expected and what was found
   */
  public Dataset read(Path file) {
    return switch (this) {
      case SEQUENCES -> SequencesReader.read(file);
      case MOVIELENS -> MovielensReader.read(file);
      case WORLD -> WorldFile.read(file);
    };
  }

  /** The name as the command line spells it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return label();
  }
}
