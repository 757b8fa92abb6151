"""Asks a server as Triton's own Python client does: triton_client.py http|grpc HOST:PORT"""
import sys

import numpy as np

if sys.argv[1] == "http":
    import tritonclient.http as triton
else:
    import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

grpc = sys.argv[1] == "grpc"
client = triton.InferenceServerClient(sys.argv[2])
assert client.is_server_live() and client.is_server_ready()
assert client.is_model_ready("recommender") and client.is_model_ready("recommender", "1")


def refused(call):
    try:
        call()
    except InferenceServerException as failure:
        return str(failure.message())
    raise AssertionError("expected a refusal")


def field(value, name):
    return getattr(value, name) if grpc else value[name]


for missing in (lambda: client.get_model_metadata("recommender", "999"),
                lambda: client.get_model_metadata("none"),
                lambda: client.get_inference_statistics("none")):
    assert "found" in refused(missing), refused(missing)
metadata = client.get_model_metadata("recommender")
assert field(metadata, "name") == "recommender"
assert list(field(metadata, "versions")) == ["1"]
index = client.get_model_repository_index()
assert [field(each, "name") for each in (index.models if grpc else index)] == ["ranker", "retrieval", "recommender"]


def tensor(name, values, datatype):
    given = triton.InferInput(name, list(values.shape), datatype)
    given.set_data_from_numpy(values)
    return given


def inputs(name="top_k"):
    return [
        tensor("user_id", np.array([7], np.uint64), "UINT64"),
        tensor("history_post_ids", np.array([101, 102], np.uint64), "UINT64"),
        tensor("history_author_ids", np.array([11, 12], np.uint64), "UINT64"),
        tensor("history_actions", np.eye(2, 19, dtype=np.float32), "FP32"),
        tensor(name, np.array([5], np.int32), "INT32"),
    ]


result = client.infer("recommender", inputs())
assert result.as_numpy("post_ids").shape == (5,)
assert result.as_numpy("post_ids").dtype == np.uint64
asked = [triton.InferRequestedOutput("post_ids"), triton.InferRequestedOutput("weighted_scores")]
named = client.infer("recommender", inputs(), model_version="1", request_id="a", outputs=asked)
assert (named.as_numpy("post_ids") == result.as_numpy("post_ids")).all()
assert named.as_numpy("probabilities") is None
assert "topk" in refused(lambda: client.infer("recommender", inputs("topk")))
assert "999" in refused(lambda: client.infer("recommender", inputs(), model_version="999"))
statistics = client.get_inference_statistics("recommender")
stats = field(statistics, "model_stats")[0]
assert int(field(stats, "inference_count")) >= 2
print("done")
