"""Asks a Phoenix server for a feed: python3 recommend.py [http://HOST:PORT]"""
import json, sys, urllib.request

url = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:9090") + "/v2/models/recommender/infer"
liked = [float(action == 1) for action in range(19)]  # action 1 is "favorite"
inputs = {"user_id": ("UINT64", [1], [7]), "top_k": ("INT32", [1], [10]), "history_actions": ("FP32", [2, 19], 2 * liked),
          "history_post_ids": ("UINT64", [2], [101, 102]), "history_author_ids": ("UINT64", [2], [11, 12])}
body = {"inputs": [dict(name=name, datatype=type, shape=shape, data=data) for name, (type, shape, data) in inputs.items()]}
request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
outputs = {output["name"]: output["data"] for output in json.load(urllib.request.urlopen(request, timeout=5))["outputs"]}
for post, score in zip(outputs["post_ids"], outputs["weighted_scores"]):
    print(post, round(score, 4))
