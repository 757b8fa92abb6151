package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.phoenix.client.ClientOptions;
import dev.phoenix.client.PhoenixClient;
import dev.phoenix.compression.Compression;
import dev.phoenix.compression.ZstdCodec;
import dev.phoenix.serving.Demo;
import dev.phoenix.testing.Seeds;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.RecsysPredictorGrpc;

/** Messages in gzip and zstd, over a real connection. */
class GrpcCompressionTest {
  private static DemoGrpc demo;

  private final Random random = Seeds.random("grpc compression");
  private final WireUser user = new WireUser(random, 30);

  @BeforeAll
  static void start() {
    demo = DemoGrpc.start();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    demo.stop();
  }

  private static RecsysPredictorGrpc.RecsysPredictorBlockingStub predictor() {
    return RecsysPredictorGrpc.newBlockingStub(demo.channel());
  }

  private static ManagedChannel compressing(AtomicReference<String> answeredIn) {
    return NettyChannelBuilder.forAddress("127.0.0.1", demo.server().port())
        .usePlaintext()
        .compressorRegistry(ZstdCodec.compressors())
        .decompressorRegistry(
            DecompressorRegistry.emptyInstance().with(new Heard(answeredIn), true))
        .build();
  }

  /** Records the encoding that it decompresses. */
  private record Heard(AtomicReference<String> encoding, ZstdCodec codec) implements Decompressor {
    Heard(AtomicReference<String> encoding) {
      this(encoding, new ZstdCodec());
    }

    @Override
    public String getMessageEncoding() {
      return codec.getMessageEncoding();
    }

    @Override
    public InputStream decompress(InputStream from) throws IOException {
      encoding.set(getMessageEncoding());
      return codec.decompress(from);
    }
  }

  @Test
  void zstdIsUnderstoodAndAnsweredInAndNoBombGetsThrough() throws Exception {
    AtomicReference<String> answeredIn = new AtomicReference<>("");
    ManagedChannel compressing = compressing(answeredIn);
    try {
      long[] posts = Demo.ids(random, 7);
      PredictNextActionsRequest request = user.rankRequest(posts, posts).build();
      var zstd = RecsysPredictorGrpc.newBlockingStub(compressing).withCompression("zstd");
      assertEquals(predictor().predictNextActions(request), zstd.predictNextActions(request));
      assertEquals("zstd", answeredIn.get());
      PredictNextActionsRequest bomb =
          request.toBuilder().setMetadata("x".repeat(40 << 20)).build();
      assertEquals(
          Status.Code.RESOURCE_EXHAUSTED, DemoGrpc.code(() -> zstd.predictNextActions(bomb)));
      var gzip = RecsysPredictorGrpc.newBlockingStub(compressing).withCompression("gzip");
      assertEquals(
          Status.Code.RESOURCE_EXHAUSTED, DemoGrpc.code(() -> gzip.predictNextActions(bomb)));
    } finally {
      compressing.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  /** What one call sent and received: encodings of its headers, bytes of its messages. */
  private static final class Traffic extends ClientStreamTracer implements ClientInterceptor {
    private static final Metadata.Key<String> ENCODING =
        Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

    private volatile @Nullable String asked;
    private volatile @Nullable String answered;
    private final LongAdder sentBytes = new LongAdder();
    private final LongAdder sentPlainBytes = new LongAdder();
    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder receivedPlainBytes = new LongAdder();

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      ClientStreamTracer.Factory factory =
          new ClientStreamTracer.Factory() {
            @Override
            public ClientStreamTracer newClientStreamTracer(
                ClientStreamTracer.StreamInfo info, Metadata headers) {
              asked = headers.get(ENCODING);
              return Traffic.this;
            }
          };
      return next.newCall(method, options.withStreamTracerFactory(factory));
    }

    @Override
    public void inboundHeaders(Metadata headers) {
      answered = headers.get(ENCODING);
    }

    @Override
    public void outboundWireSize(long bytes) {
      sentBytes.add(bytes);
    }

    @Override
    public void outboundUncompressedSize(long bytes) {
      sentPlainBytes.add(bytes);
    }

    @Override
    public void inboundWireSize(long bytes) {
      receivedBytes.add(bytes);
    }

    @Override
    public void inboundUncompressedSize(long bytes) {
      receivedPlainBytes.add(bytes);
    }
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void theClientAsksInWhatItWasToldAndIsAnsweredInIt(Compression compression) {
    long[] posts = Demo.ids(random, 50);
    PredictNextActionsRequest request = user.rankRequest(posts, posts).build();
    Traffic traffic = new Traffic();
    ManagedChannel channel =
        ZstdCodec.register(
                Grpc.newChannelBuilder(
                    "127.0.0.1:" + demo.server().port(), InsecureChannelCredentials.create()))
            .intercept(traffic)
            .build();
    ClientOptions options =
        ClientOptions.DEFAULT.withDeadline(Duration.ofMinutes(2)).withCompression(compression);
    try (PhoenixClient client = PhoenixClient.over(channel, options)) {
      assertEquals(predictor().predictNextActions(request), client.rank(request));
    }
    boolean compressed = compression != Compression.NONE;
    assertEquals(compressed ? compression.toString() : null, traffic.asked);
    assertEquals(compressed ? compression.toString() : "identity", traffic.answered);
    assertEquals(request.getSerializedSize(), traffic.sentPlainBytes.sum());
    assertEquals(compressed, traffic.sentBytes.sum() < traffic.sentPlainBytes.sum());
    assertEquals(compressed, traffic.receivedBytes.sum() < traffic.receivedPlainBytes.sum());
  }
}
