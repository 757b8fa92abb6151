package dev.phoenix.world;

import dev.phoenix.dataset.Catalog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The posts of a synthetic world. An author writes most posts on one topic and the rest on another.
 * Posts have random creation times and qualities.
 */
final class Posts {
  static final long START = 1_700_000_000L;
  static final long DAY = 86_400;
  private static final long FIRST_POST = 1_900_000_000_000_000_001L;
  private static final long FIRST_AUTHOR = 7001;
  private static final double MAIN_TOPIC = 0.85;
  private static final double HAS_VIDEO = 0.3;

  final int[] topic;
  final int[] author;
  final long[] created;
  final double[] quality;
  final boolean[] video;

  /** The main topic of every author. */
  final int[] authorTopic;

  private final List<String> titles = new ArrayList<>();

  Posts(WorldSize size, Random random) {
    int topics = Topic.ALL.size();
    this.topic = new int[size.posts()];
    this.author = new int[size.posts()];
    this.quality = new double[size.posts()];
    this.video = new boolean[size.posts()];
    this.created = new long[size.posts()];
    this.authorTopic = new int[size.authors()];
    double[] authorQuality = new double[size.authors()];
    int[] otherTopic = new int[size.authors()];
    for (int a = 0; a < size.authors(); a++) {
      authorTopic[a] = a % topics;
      otherTopic[a] = random.nextInt(topics);
      authorQuality[a] = 0.5 * random.nextGaussian();
    }
    // A third of the posts exists when the first user arrives.
    for (int p = 0; p < created.length; p++) {
      created[p] = START + (long) ((random.nextDouble() * 1.5 - 0.5) * size.days() * DAY);
    }
    Arrays.sort(created);
    for (int p = 0; p < created.length; p++) {
      author[p] = random.nextInt(size.authors());
      topic[p] = random.nextDouble() < MAIN_TOPIC ? authorTopic[author[p]] : otherTopic[author[p]];
      quality[p] = authorQuality[author[p]] + 0.7 * random.nextGaussian();
      video[p] = random.nextDouble() < HAS_VIDEO;
      titles.add(Topic.ALL.get(topic[p]).title(random));
    }
  }

  int count() {
    return topic.length;
  }

  /** The number of posts created before {@code time}; posts are in order of creation. */
  int madeBy(long time) {
    int place = Arrays.binarySearch(created, time);
    return place < 0 ? -place - 1 : place;
  }

  Catalog catalog() {
    long[] ids = new long[count()];
    long[] authors = new long[count()];
    List<String> topics = new ArrayList<>();
    for (int p = 0; p < count(); p++) {
      ids[p] = FIRST_POST + p;
      authors[p] = FIRST_AUTHOR + author[p];
      topics.add(Topic.ALL.get(topic[p]).name());
    }
    return new Catalog(ids, authors, created, topics, titles);
  }
}
