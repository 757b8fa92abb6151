package dev.phoenix.parity;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzFile;
import dev.phoenix.feature.DwellTime;
import dev.phoenix.feature.HashFunctions;
import dev.phoenix.feature.PostAge;
import dev.phoenix.ops.Ops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Hashes, age buckets and dwell scaling, which the host computes for every backend. */
record ComponentsCase(Path directory) implements GoldenCase {
  private static final double FLOAT_BOUND = 1e-6;

  @Override
  public String name() {
    return "components";
  }

  @Override
  public List<TensorCheck> run(Ops ops) {
    List<TensorCheck> checks = new ArrayList<>();
    try (NpzFile file = NpzFile.open(directory.resolve("components.npz"))) {
      checks.addAll(hashes(file));
      for (String tensor : file.names()) {
        if (tensor.startsWith("age_bucket_")) {
          checks.add(ages(file, tensor));
        } else if (tensor.endsWith("_lin") || tensor.endsWith("_log")) {
          checks.add(dwell(file, tensor));
        }
      }
    }
    return checks;
  }

  private List<TensorCheck> hashes(NpzFile file) {
    HashFunctions hashes = HashFunctions.create(ModelConfig.parse(hashConfig(), "components"));
    long[] ids = file.get("hash_ids").toLongs();
    return List.of(
        hash(file, "hash_user", ids, hashes::userRow),
        hash(file, "hash_item", ids, hashes::itemRow),
        hash(file, "hash_author", ids, hashes::authorRow));
  }

  /** The file's hash configuration with the keys that a model configuration needs. */
  private String hashConfig() {
    try {
      String hashes = Files.readString(directory.resolve("components_hash_config.json")).strip();
      return hashes.substring(0, hashes.length() - 1)
          + """
          , "emb_size": 2, "key_size": 2, "num_heads": 1, "num_layers": 1, "num_actions": 1,
            "history_seq_len": 1, "candidate_seq_len": 1, "num_user_hashes": 2,
            "num_item_hashes": 2, "num_author_hashes": 2}
          """;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read components_hash_config.json", e);
    }
  }

  @FunctionalInterface
  private interface Hash {
    long row(long id, int j);
  }

  private static TensorCheck hash(NpzFile file, String tensor, long[] ids, Hash hash) {
    int[] expected = file.get(tensor).toInts();
    int hashes = expected.length / ids.length;
    int different = 0;
    for (int i = 0; i < expected.length; i++) {
      different += hash.row(ids[i / hashes], i % hashes) == expected[i] ? 0 : 1;
    }
    return new TensorCheck(tensor, "differ", different, 0);
  }

  private static TensorCheck ages(NpzFile file, String tensor) {
    int granularity = Integer.parseInt(tensor.substring(tensor.lastIndexOf('_') + 1));
    int[] shown = file.get("age_impr").toInts();
    int[] created = file.get("age_created").toInts();
    int[] expected = file.get(tensor).toInts();
    int different = 0;
    for (int i = 0; i < expected.length; i++) {
      different += PostAge.bucket(shown[i], created[i], granularity) == expected[i] ? 0 : 1;
    }
    return new TensorCheck(tensor, "differ", different, 0);
  }

  /** Checks dwell scaling; {@code tensor} is norm_SCALE_lin or norm_SCALE_log. */
  private static TensorCheck dwell(NpzFile file, String tensor) {
    String[] parts = tensor.split("_", -1);
    DwellTime dwell = new DwellTime(Float.parseFloat(parts[1]), parts[2].equals("log"));
    float[] values = file.get("norm_values").toFloats();
    float[] expected = file.get(tensor).toFloats();
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      error = Math.max(error, Math.abs(dwell.normalize(values[i]) - expected[i]));
    }
    return new TensorCheck(tensor, "max abs", error, FLOAT_BOUND);
  }
}
