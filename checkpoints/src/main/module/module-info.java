/** Readers and writers of npz, npy, configurations, embedding tables and corpora. */
module dev.phoenix.checkpoints {
  requires static org.jspecify;
  requires transitive tools.jackson.databind;

  exports dev.phoenix.checkpoint;
}
