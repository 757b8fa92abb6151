package dev.phoenix.dataset;

import java.nio.file.Path;
import java.util.Locale;

/** The file formats that datasets are read from. */
public enum DataFormat {
  /**
   * One user per line: the user's number followed by item numbers in time order, separated by
   * spaces.
   */
  SEQUENCES,
  /**
   * Tab-separated ratings with a header, {@code user_id:token item_id:token rating:float
   * timestamp:float}; titles and genres from the {@code .item} file beside it, if there is one.
   */
  MOVIELENS,
  /** The format of {@link WorldFile}: posts with authors, users and every impression. */
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
