package dev.phoenix.serving.grpc;

import dev.phoenix.serving.ModelInfo;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.oip.InferenceModels;
import dev.phoenix.serving.oip.ModelStatistics;
import inference.InferStatistics;
import inference.ModelStatisticsRequest;
import inference.ModelStatisticsResponse;
import inference.RepositoryIndexRequest;
import inference.RepositoryIndexResponse;
import inference.StatisticDuration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statistics of models and the list of models as messages. */
final class StatisticsMessages {
  private StatisticsMessages() {}

  /** The statistics of the model that is asked for, or of all. */
  static ModelStatisticsResponse of(
      ModelStatisticsRequest request, @Nullable ModelInfo served, ModelStatistics statistics) {
    String name = request.getName();
    if (served == null) {
      throw new Rejection(Reason.LOADING, "the model is being loaded");
    }
    List<String> names = name.isEmpty() ? InferenceModels.served(served) : List.of(name);
    ModelStatisticsResponse.Builder response = ModelStatisticsResponse.newBuilder();
    for (String each : names) {
      ModelInfo info = InferenceModels.served(each, request.getVersion(), served);
      ModelStatistics.Figures figures = statistics.of(each);
      response.addModelStats(
          inference.ModelStatistics.newBuilder()
              .setName(each)
              .setVersion(info.version())
              .setLastInference(figures.lastMillis())
              .setInferenceCount(figures.success().count())
              .setExecutionCount(Math.round(figures.executions()))
              .setInferenceStats(stages(figures)));
    }
    return response.build();
  }

  private static InferStatistics.Builder stages(ModelStatistics.Figures figures) {
    return InferStatistics.newBuilder()
        .setSuccess(duration(figures.success()))
        .setFail(duration(figures.fail()))
        .setQueue(duration(figures.queue()))
        .setComputeInput(duration(figures.input()))
        .setComputeInfer(duration(figures.infer()))
        .setComputeOutput(duration(figures.output()))
        .setCacheHit(StatisticDuration.getDefaultInstance())
        .setCacheMiss(StatisticDuration.getDefaultInstance());
  }

  private static StatisticDuration duration(ModelStatistics.Duration duration) {
    return StatisticDuration.newBuilder()
        .setCount(duration.count())
        .setNs(duration.nanos())
        .build();
  }

  /** The models, and whether they can be used. */
  static RepositoryIndexResponse index(
      RepositoryIndexRequest request, @Nullable ModelInfo served, boolean ready) {
    RepositoryIndexResponse.Builder response = RepositoryIndexResponse.newBuilder();
    if (!request.getReady() || ready) {
      for (String name : InferenceModels.served(served)) {
        response.addModels(
            RepositoryIndexResponse.ModelIndex.newBuilder()
                .setName(name)
                .setVersion(served == null ? "" : served.version())
                .setState(ready ? "READY" : "UNAVAILABLE")
                .setReason(ready ? "" : "the server is not ready"));
      }
    }
    return response.build();
  }
}
