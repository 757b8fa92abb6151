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
    int post = events.posts()[i];
    long created = PostAge.created(catalog.postIds()[post], catalog.created(post), events.time(i));
    return PostAge.bucket(events.time(i), created, config.postAgeGranularityMins());
  }
}
