package dev.phoenix.serving.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.ModelInfo;
import dev.phoenix.serving.PostSelection;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingEngine;
import dev.phoenix.serving.ServingRequest;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.oip.Datatype;
import dev.phoenix.serving.oip.InferTensor;
import dev.phoenix.serving.oip.InferenceDecoder;
import dev.phoenix.serving.oip.InferenceModels;
import dev.phoenix.serving.oip.ModelStatistics;
import inference.GRPCInferenceServiceGrpc;
import inference.InferParameter;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse;
import inference.ModelReadyRequest;
import inference.ModelReadyResponse;
import inference.ModelStatisticsRequest;
import inference.ModelStatisticsResponse;
import inference.RepositoryIndexRequest;
import inference.RepositoryIndexResponse;
import inference.ServerLiveRequest;
import inference.ServerLiveResponse;
import inference.ServerMetadataRequest;
import inference.ServerMetadataResponse;
import inference.ServerReadyRequest;
import inference.ServerReadyResponse;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The Open Inference Protocol over gRPC. Outputs are raw bytes, as its clients prefer. */
final class OpenInferenceService extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {
  private final ServingEngine engine;
  private final FeedPolicy policy;
  private final Replies replies;
  private final BooleanSupplier ready;
  private final InferenceDecoder decoder;
  private final ModelStatistics statistics;

  OpenInferenceService(GrpcServer.Context context, Replies replies, ModelStatistics statistics) {
    this.engine = context.engine();
    this.policy = context.policy();
    this.replies = replies;
    this.ready = context.ready();
    this.decoder = new InferenceDecoder(engine.limits(), policy, engine::historyCut);
    this.statistics = statistics;
  }

  private static <R> void give(StreamObserver<R> observer, R response) {
    observer.onNext(response);
    observer.onCompleted();
  }

  @Override
  public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> observer) {
    give(observer, ServerLiveResponse.newBuilder().setLive(true).build());
  }

  @Override
  public void serverReady(
      ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
    give(observer, ServerReadyResponse.newBuilder().setReady(ready.getAsBoolean()).build());
  }

  @Override
  public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
    answer(
        observer,
        () -> {
          InferenceModels.require(request.getName());
          ModelInfo info = engine.model();
          if (info != null) {
            InferenceModels.served(request.getName(), request.getVersion(), info);
          }
          return ModelReadyResponse.newBuilder().setReady(ready.getAsBoolean()).build();
        });
  }

  @Override
  public void serverMetadata(
      ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> observer) {
    give(
        observer,
        ServerMetadataResponse.newBuilder().setName("phoenix").setVersion("0.1.0").build());
  }

  @Override
  public void modelMetadata(
      ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
    answer(
        observer,
        () -> {
          String model = request.getName();
          ModelInfo info = InferenceModels.served(model, request.getVersion(), engine.model());
          ModelMetadataResponse.Builder metadata =
              ModelMetadataResponse.newBuilder()
                  .setName(model)
                  .addVersions(info.version())
                  .setPlatform("phoenix");
          InferenceModels.inputs(model, info).forEach(s -> metadata.addInputs(of(s)));
          InferenceModels.outputs(model, info).forEach(s -> metadata.addOutputs(of(s)));
          return metadata.build();
        });
  }

  @Override
  public void modelStatistics(
      ModelStatisticsRequest request, StreamObserver<ModelStatisticsResponse> observer) {
    answer(observer, () -> StatisticsMessages.of(request, engine.model(), statistics));
  }

  @Override
  public void repositoryIndex(
      RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> observer) {
    boolean serves = ready.getAsBoolean();
    answer(observer, () -> StatisticsMessages.index(request, engine.model(), serves));
  }

  /** Answers a call that needs no computation. */
  private <R> void answer(StreamObserver<R> observer, Supplier<R> response) {
    R given;
    try {
      given = response.get();
    } catch (Rejection refused) {
      observer.onError(Replies.status(refused, engine.metrics()).asRuntimeException());
      return;
    }
    give(observer, given);
  }

  private static ModelMetadataResponse.TensorMetadata of(InferenceModels.Signature signature) {
    ModelMetadataResponse.TensorMetadata.Builder tensor =
        ModelMetadataResponse.TensorMetadata.newBuilder()
            .setName(signature.name())
            .setDatatype(signature.datatype().name());
    for (long dimension : signature.shape()) {
      tensor.addShape(dimension);
    }
    return tensor.build();
  }

  @Override
  public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
    Form form = Form.of(request);
    long begin = System.nanoTime();
    long[] input = new long[1];
    replies.answer(
        observer,
        deadline -> {
          form.requireOf(engine.model());
          ServingRequest decoded = decode(request, deadline);
          input[0] = System.nanoTime() - begin;
          return List.of(decoded);
        },
        responses -> {
          long encoding = System.nanoTime();
          ServingResponse response = responses.getFirst();
          ModelInferResponse encoded = encode(form, response);
          long end = System.nanoTime();
          statistics.succeeded(
              form.model(),
              new ModelStatistics.Times(end - begin, input[0], end - encoding),
              response.timing());
          return encoded;
        },
        () -> statistics.failed(form.model(), System.nanoTime() - begin));
  }

  /** Decodes a message into a request. */
  ServingRequest decode(ModelInferRequest request, long deadlineNanos) {
    InferenceModels.require(request.getModelName());
    KnownParameters.require(request);
    RequestLimits.require("inputs", request.getInputsCount(), WireLimits.MAX_TENSORS);
    boolean raw = request.getRawInputContentsCount() > 0;
    if (raw && request.getRawInputContentsCount() != request.getInputsCount()) {
      throw new Rejection(
          Reason.INVALID,
          "raw_input_contents: expected one per input, %d, found %d"
              .formatted(request.getInputsCount(), request.getRawInputContentsCount()));
    }
    List<InferTensor> inputs = new ArrayList<>();
    for (int i = 0; i < request.getInputsCount(); i++) {
      InferInputTensor input = request.getInputs(i);
      Datatype datatype = Datatype.of(input.getDatatype());
      RequestLimits.require(
          "dimensions of a tensor", input.getShapeCount(), WireLimits.MAX_DIMENSIONS);
      long[] shape = input.getShapeList().stream().mapToLong(Long::longValue).toArray();
      ByteBuffer data =
          raw ? request.getRawInputContents(i).asReadOnlyByteBuffer() : contents(input, datatype);
      inputs.add(new InferTensor(input.getName(), datatype, shape, data));
    }
    return decoder.decode(
        new InferenceDecoder.Asked(request.getModelName(), inputs, choice(request)), deadlineNanos);
  }

  private static PostSelection choice(ModelInferRequest request) {
    InferParameter posts = request.getParametersMap().get(InferenceDecoder.POSTS);
    if (posts == null) {
      return PostSelection.DEFAULT;
    }
    if (!posts.hasStringParam()) {
      throw new Rejection(Reason.INVALID, "the parameter posts: expected a string");
    }
    return PostSelection.parse(posts.getStringParam());
  }

  private static ByteBuffer contents(InferInputTensor input, Datatype datatype) {
    var contents = input.getContents();
    int count =
        switch (datatype) {
          case INT32 -> contents.getIntContentsCount();
          case INT64 -> contents.getInt64ContentsCount();
          case UINT64 -> contents.getUint64ContentsCount();
          case FP32 -> contents.getFp32ContentsCount();
        };
    ByteBuffer data = InferTensor.bytes(Math.multiplyExact(count, datatype.bytes()));
    for (int i = 0; i < count; i++) {
      switch (datatype) {
        case INT32 -> data.putInt(contents.getIntContents(i));
        case INT64 -> data.putLong(contents.getInt64Contents(i));
        case UINT64 -> data.putLong(contents.getUint64Contents(i));
        case FP32 -> data.putFloat(contents.getFp32Contents(i));
      }
    }
    return data.flip();
  }

  /** The fields that the response needs, so that the message is not kept while queued. */
  private record Form(String model, String version, String id, Set<String> outputs) {
    static Form of(ModelInferRequest request) {
      return new Form(
          request.getModelName(),
          request.getModelVersion(),
          request.getId(),
          request.getOutputsList().stream()
              .map(ModelInferRequest.InferRequestedOutputTensor::getName)
              .collect(Collectors.toSet()));
    }

    /** Refuses a model, version or output that the current model does not have. */
    void requireOf(@Nullable ModelInfo served) {
      ModelInfo info = InferenceModels.served(model, version, served);
      InferenceModels.requireOutputs(model, outputs, info);
    }
  }

  private ModelInferResponse encode(Form form, ServingResponse response) {
    ModelInferResponse.Builder answer =
        ModelInferResponse.newBuilder()
            .setModelName(form.model())
            .setModelVersion(response.modelVersion())
            .setId(form.id());
    for (InferTensor tensor : InferenceModels.encode(form.model(), response, policy)) {
      if (form.outputs().isEmpty() || form.outputs().contains(tensor.name())) {
        ModelInferResponse.InferOutputTensor.Builder output =
            ModelInferResponse.InferOutputTensor.newBuilder()
                .setName(tensor.name())
                .setDatatype(tensor.datatype().name());
        for (long dimension : tensor.shape()) {
          output.addShape(dimension);
        }
        ByteString bytes = UnsafeByteOperations.unsafeWrap(tensor.data());
        answer.addOutputs(output).addRawOutputContents(bytes);
      }
    }
    return answer.build();
  }
}
