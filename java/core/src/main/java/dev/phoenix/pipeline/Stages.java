package dev.phoenix.pipeline;

/** What a feed goes through. */
public enum Stages {
  /** The retrieval model alone: no ranker is read. */
  RETRIEVAL,
  /** Retrieval, then a ranker for what was found. */
  RETRIEVAL_AND_RANKING
}
