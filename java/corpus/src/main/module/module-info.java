/** A corpus of posts that changes while it is searched. */
module dev.phoenix.corpus {
  requires static org.jspecify;
  requires transitive dev.phoenix.core;

  exports dev.phoenix.corpus;
}
