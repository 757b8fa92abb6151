package dev.phoenix.evaluation;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.dataset.Catalog;
import dev.phoenix.dataset.Events;
import dev.phoenix.feature.PostAge;

/** The age of a post at the time of a logged event. */
public final class LoggedAge {
  private LoggedAge() {}

  /** The age bucket of the post of event {@code i} for the model of {@code config}. */
  public static int bucket(ModelConfig config, Catalog catalog, Events events, int i) {
    return bucket(config, catalog, events.posts()[i], events.time(i));
  }

  /**
   * The age bucket of a post that is shown at {@code time}.
   *
   * @param post index into the catalogue
   * @param time seconds since the epoch; 0 where unknown
   */
  public static int bucket(ModelConfig config, Catalog catalog, int post, long time) {
    long created = PostAge.created(catalog.postIds()[post], catalog.created(post), time);
    return PostAge.bucket(time, created, config.features().postAgeGranularityMins());
  }
}
