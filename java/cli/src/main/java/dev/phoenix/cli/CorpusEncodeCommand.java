package dev.phoenix.cli;

import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.checkpoint.ModelManifest;
import dev.phoenix.model.CorpusEncoder;
import dev.phoenix.model.RetrievalModel;
import dev.phoenix.ops.Ops;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code phoenix corpus encode}: encodes a list of posts into a corpus file. */
@Command(
    name = "encode",
    description = {
      "Encode a list of posts into a corpus with the candidate tower of a retrieval model.",
      "The list is a text file, one post a line: post id, author id and, if every line has one, a"
          + " topic, separated by tabs or commas. Empty lines and lines that begin with # are"
          + " skipped."
    },
    footer = {
      "",
      "Example:",
      "  phoenix corpus encode --model checkpoints/demo/retrieval --posts posts.tsv --out"
          + " my_corpus.npz"
    },
    mixinStandardHelpOptions = true)
final class CorpusEncodeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private BackendOptions backend = new BackendOptions();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description =
          "Retrieval model: a folder with config.json, model_params.npz and"
              + " embedding_tables.npz.")
  private Path model = Path.of("");

  @Option(
      names = "--posts",
      required = true,
      paramLabel = "FILE",
      description = "The posts to encode.")
  private Path posts = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Where to write the corpus; the file appears only when it is complete.")
  private Path out = Path.of("");

  CorpusEncodeCommand() {}

  @Override
  public Integer call() {
    CorpusEncoder.Posts list = PostList.read(posts);
    int count = list.postIds().length;
    try (Ops ops = backend.open();
        RetrievalModel retrieval = RetrievalModel.load(ops, model);
        EmbeddingTables tables =
            EmbeddingTables.open(model.resolve("embedding_tables.npz"), retrieval.config());
        Progress progress = new Progress("Encoding", "posts", count)) {
      CorpusEncoder.encode(retrieval, tables, list, out, progress);
    }
    ModelManifest.refresh(out);
    spec.commandLine().getOut().printf("%,d posts encoded: %s%n", count, out);
    return 0;
  }
}
