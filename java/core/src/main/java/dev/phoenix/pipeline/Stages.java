package dev.phoenix.pipeline;

/** The models that make a feed. */
public enum Stages {
  /** Retrieval alone; a ranker is neither read nor needed. */
  RETRIEVAL,
  /** Retrieval, then a ranker that scores the retrieved posts. */
  RETRIEVAL_AND_RANKING
}
