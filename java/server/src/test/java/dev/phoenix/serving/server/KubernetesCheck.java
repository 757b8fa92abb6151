package dev.phoenix.serving.server;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads manifests and refuses keys that Kubernetes does not have. */
final class KubernetesCheck {
  private static final Map<String, Class<?>> KINDS =
      Map.of(
          "apps/v1 Deployment", Deployment.class,
          "v1 Service", Service.class,
          "v1 Secret", Secret.class,
          "v1 ConfigMap", ConfigMap.class,
          "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
          "autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class);

  /** The keys of {@code spec} of kinds that come with operators. */
  private static final Map<String, Set<String>> OTHER_KINDS =
      Map.of(
          "monitoring.coreos.com/v1 ServiceMonitor", Set.of("selector", "endpoints"),
          "monitoring.coreos.com/v1 PrometheusRule", Set.of("groups"),
          "serving.kserve.io/v1alpha1 ServingRuntime",
              Set.of("supportedModelFormats", "protocolVersions", "annotations", "containers"),
          "serving.kserve.io/v1beta1 InferenceService", Set.of("predictor"));

  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(new WithoutAnySetters())
          .build();

  private KubernetesCheck() {}

  /** The classes keep unknown keys in a map, which would hide them. */
  private static final class WithoutAnySetters extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
      return false;
    }
  }

  /**
   * The documents of {@code yaml}.
   *
   * @throws tools.jackson.core.JacksonException if one has a key that its kind does not have
   */
  static List<JsonNode> read(String yaml) {
    List<JsonNode> documents = readAny(yaml);
    documents.forEach(KubernetesCheck::check);
    return documents;
  }

  /** The documents of {@code yaml}, whatever they are. */
  static List<JsonNode> readAny(String yaml) {
    List<JsonNode> documents = new ArrayList<>();
    try (MappingIterator<JsonNode> all =
        new YAMLMapper().readerFor(JsonNode.class).readValues(yaml)) {
      while (all.hasNext()) {
        JsonNode next = all.next();
        if (next != null && next.isObject()) {
          documents.add(next);
        }
      }
    }
    return documents;
  }

  private static void check(JsonNode document) {
    String kind = document.path("apiVersion").asString() + " " + document.path("kind").asString();
    Set<String> keys = OTHER_KINDS.get(kind);
    if (keys == null) {
      require(document, Objects.requireNonNull(KINDS.get(kind), kind));
      return;
    }
    if (!keys.containsAll(document.path("spec").propertyNames())) {
      throw new IllegalArgumentException(kind + ": " + document.path("spec").propertyNames());
    }
  }

  /** Reads {@code node} as {@code kind}, without unknown keys. */
  static <T> T require(JsonNode node, Class<T> kind) {
    return Objects.requireNonNull(STRICT.treeToValue(node, kind));
  }
}
