package dev.phoenix.serving.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Begins spans, and sends ended ones to a collector in batches in the background. Spans wait in a
 * bounded queue; they are dropped when a slow or dead collector lets it fill.
 */
public final class Tracing implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Tracing.class.getName());

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration EXPORT = Duration.ofSeconds(5);
  private static final Duration LAST_EXPORT = Duration.ofSeconds(3);

  private static final TextMapGetter<CallerHeaders> HEADERS =
      (headers, name) -> headers == null ? null : headers.get(name);

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  private Tracing(SdkTracerProvider provider) {
    this.provider = provider;
    this.tracer = provider.get("dev.phoenix.serving");
  }

  /** Starts the background threads; the collector need not be reachable. */
  public static Tracing start(TraceOptions options) {
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(options.endpoint().toString())
            .setConnectTimeout(CONNECT)
            .setTimeout(EXPORT)
            .build();
    return new Tracing(
        SdkTracerProvider.builder()
            .setResource(
                Resource.getDefault()
                    .merge(
                        Resource.create(
                            Attributes.of(AttributeKey.stringKey("service.name"), "phoenix"))))
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(options.share())))
            .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
            .build());
  }

  /**
   * Begins the span of a call.
   *
   * @param name the name of the operation
   * @param attributes the initial attributes
   * @param headers the caller's headers; a span that they name becomes the parent
   */
  public CallSpan begin(String name, Attributes attributes, CallerHeaders headers) {
    Context caller =
        W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, HEADERS);
    return new CallSpan(
        tracer, tracer.spanBuilder(name).setParent(caller).setAllAttributes(attributes));
  }

  /** Sends the waiting spans, for a few seconds at most. Idempotent. */
  @Override
  public void close() {
    CompletableResultCode sent = provider.shutdown();
    if (!sent.join(LAST_EXPORT.toMillis(), TimeUnit.MILLISECONDS).isSuccess()) {
      LOG.log(Level.WARNING, "the last traces did not reach their collector");
    }
  }
}
