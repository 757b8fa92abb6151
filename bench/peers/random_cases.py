"""Random configurations, inputs and expected outputs in float64.

    python3 bench/peers/random_cases.py OUT [--count N] [--seed S] [--size small|large]
                                        [--phoenix ./phoenix]

Every case is a folder: config.json, model_params.npz, inputs.npz and expected.npz, which holds the
outputs of a plain implementation of the model in float64 (padded to a fixed shape, with a mask, as
the published one is) and for each output the largest error that docs/model.md#8-precision allows: 2e-5, or 1.5
times the distance of the same implementation in float32 where that is more. float32 is JAX where
JAX is installed, else NumPy. With --phoenix, `phoenix infer` runs on every case and the largest
part of a bound that any error takes is printed.

Nothing here shares code with the Java implementation.
"""
import argparse
import json
import os
import subprocess
import sys

import numpy as np

BOUND = 2e-5
FACTOR = 1.5


def ffn_size(widening, d):
    f = int(widening * d) * 2 // 3
    return f + (8 - f) % 8


class Model:
    """The model in the arrays of `xp` (NumPy or jax.numpy) and of one type."""

    def __init__(self, xp, dtype, config, parameters):
        self.xp, self.dtype, self.config = xp, dtype, config
        self.w = {name: xp.asarray(value, dtype) for name, value in parameters.items()}

    def cast(self, array):
        return self.xp.asarray(np.asarray(array), self.dtype)

    def rms(self, x, scale):
        mean = self.xp.mean(x * x, -1, keepdims=True)
        return x / self.xp.sqrt(mean + 1e-5) * scale

    def gelu(self, x):
        return 0.5 * x * (1 + self.xp.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))

    def sigmoid(self, x):
        return 1 / (1 + self.xp.exp(-x))

    def surfaces(self, table, numbers):
        """A row of the table; zeros if the index is outside of it."""
        numbers = np.asarray(numbers, np.int64)
        known = (numbers >= 0) & (numbers < table.shape[0])
        rows = table[np.where(known, numbers, 0)]
        return rows * self.cast(known[..., None])

    def user_token(self, inputs):
        rows = self.cast(inputs["user_embeddings"])
        token = rows.reshape(rows.shape[0], -1) @ self.w[self.prefix + "proj_mat_1"]
        if self.config.get("num_ip_hashes", 0) and "user_ip_embeddings" in inputs:
            token = token + self.xp.sum(self.cast(inputs["user_ip_embeddings"]), 1)
        return token[:, None]

    def history_tokens(self, inputs):
        w, b, s = self.w, *inputs["history_post_hashes"].shape[:2]
        actions = self.cast(inputs["history_actions"])
        signed = (2 * actions - 1) @ w[self.prefix + "action_projection"]
        acted = self.cast(np.any(np.asarray(inputs["history_actions"]) != 0, -1)[..., None])
        parts = [
            self.cast(inputs["history_post_embeddings"]).reshape(b, s, -1),
            self.cast(inputs["history_author_embeddings"]).reshape(b, s, -1),
            signed * acted,
            self.surfaces(
                w[self.prefix + "product_surface_embedding_table"],
                inputs["history_product_surface"],
            ),
        ]
        if self.prefix == "phoenix_model/":
            parts.append(self.dwell(inputs, b, s))
        return self.xp.concatenate(parts, -1) @ w[self.prefix + "proj_mat_3"]

    def dwell(self, inputs, b, s):
        scale = self.config.get("norm_scale", 30.0)
        seconds = np.zeros((b, s))
        if "history_continuous_actions" in inputs:
            seconds = np.asarray(inputs["history_continuous_actions"], np.float64)[..., 1]
        clipped = self.cast(np.clip(seconds, 0, scale))
        if self.config.get("use_log", False):
            value = self.xp.log1p(clipped) / np.log1p(scale)
        else:
            value = clipped / scale
        hidden = self.gelu(value[..., None] @ self.w[self.prefix + "history_dwell_time_proj1"])
        return hidden @ self.w[self.prefix + "history_dwell_time_proj2"]

    def candidate_tokens(self, inputs):
        w, b, c = self.w, *inputs["candidate_post_hashes"].shape[:2]
        granularity = self.config.get("post_age_granularity_mins", 60)
        bucket = np.zeros((b, c), np.int64)
        if "candidate_impr_ts" in inputs and "candidate_post_creation_ts" in inputs:
            shown = np.asarray(inputs["candidate_impr_ts"], np.int64)
            created = np.asarray(inputs["candidate_post_creation_ts"], np.int64)
            minutes = (shown - created) // 60
            bucket = np.clip(minutes // granularity + 1, 0, 4800 // granularity + 1)
            bucket = np.where((minutes < 0) | (shown == 0) | (created == 0), 0, bucket)
        parts = [
            self.cast(inputs["candidate_post_embeddings"]).reshape(b, c, -1),
            self.cast(inputs["candidate_author_embeddings"]).reshape(b, c, -1),
            self.surfaces(
                w[self.prefix + "product_surface_embedding_table"],
                inputs["candidate_product_surface"],
            ),
            w[self.prefix + "post_age_embedding_table"][bucket],
        ]
        return self.xp.concatenate(parts, -1) @ w[self.prefix + "proj_mat_2"]

    def positions(self, valid, history):
        """[B, T]; `history` counts the user and the history positions of the batch."""
        b, t = valid.shape
        if not self.config.get("right_anchored_rope", False):
            return np.broadcast_to(np.arange(t), (b, t))
        end = 1 + self.config["history_seq_len"]
        count = valid[:, 1:history].sum(1)
        found = np.zeros((b, t), np.int64)
        found[:, 1:history] = end - count[:, None] + np.arange(history - 1)
        found[:, history:] = end
        return np.where(valid, found, 0)

    def rotated(self, x, positions):
        size = x.shape[-1]
        turn = 10000.0 ** (-np.arange(0, size, 2) / size)
        angle = positions[..., None] * turn
        angle = np.concatenate([angle, angle], -1)[:, :, None]
        cos, sin = self.cast(np.cos(angle)), self.cast(np.sin(angle))
        half = size // 2
        return x * cos + self.xp.concatenate([-x[..., half:], x[..., :half]], -1) * sin

    def layer(self, h, name, visible, positions):
        config, w = self.config, self.w
        heads, size = config.get("num_q_heads", config.get("num_heads")), config["key_size"]
        kept = config.get("num_kv_heads", heads)
        b, t, _ = h.shape
        x = self.rms(h, w[name + "rms_norm/scale"])
        project = lambda what, n: (x @ w[name + "multi_head_attention/%s/w" % what]).reshape(b, t, n, size)
        q = self.rotated(project("query", heads), positions)
        k = self.rotated(project("key", kept), positions)
        v = project("value", kept)
        k, v = (self.xp.repeat(part, heads // kept, axis=2) for part in (k, v))
        logits = self.xp.einsum("bihk,bjhk->bhij", q, k)
        logits = 30 * self.xp.tanh(logits * config.get("attn_output_multiplier", 0.125) / 30)
        logits = self.xp.where(visible[:, None], logits, -1e30)
        weights = self.xp.exp(logits - self.xp.max(logits, -1, keepdims=True))
        weights = weights / self.xp.sum(weights, -1, keepdims=True)
        out = self.xp.einsum("bhij,bjhk->bihk", weights, v).reshape(b, t, heads * size)
        out = out @ w[name + "multi_head_attention/linear/w"]
        h = h + self.rms(out, w[name + "rms_norm_1/scale"])
        x = self.rms(h, w[name + "rms_norm_2/scale"])
        gated = self.gelu(x @ w[name + "linear/w"]) * (x @ w[name + "linear_v/w"])
        return h + self.rms(gated @ w[name + "linear_1/w"], w[name + "rms_norm_3/scale"])

    def transformer(self, h, valid, history):
        t = h.shape[1]
        i, j = np.arange(t)[:, None], np.arange(t)[None]
        visible = (j <= i) & ((i < history) | (j < history) | (i == j))
        visible = self.xp.asarray(visible[None] & valid[:, None])
        positions = self.positions(valid, history)
        for number in range(self.config["num_layers"]):
            h = self.layer(h, "transformer/decoder_layer_%d/" % number, visible, positions)
        return h

    def rank(self, inputs):
        self.prefix = "phoenix_model/"
        valid = np.concatenate(
            [
                np.asarray(inputs["user_hashes"])[:, :1] != 0,
                np.asarray(inputs["history_post_hashes"])[..., 0] != 0,
                np.asarray(inputs["candidate_post_hashes"])[..., 0] != 0,
            ],
            1,
        )
        history = 1 + inputs["history_post_hashes"].shape[1]
        tokens = [self.user_token(inputs), self.history_tokens(inputs), self.candidate_tokens(inputs)]
        h = self.transformer(self.xp.concatenate(tokens, 1), valid, history)
        out = self.rms(h[:, history:], self.w[self.prefix + "rms_norm/scale"])
        return {
            "probabilities": self.sigmoid(out @ self.w[self.prefix + "unembeddings"]),
            "continuous_preds": self.sigmoid(out @ self.w[self.prefix + "continuous_unembeddings"]),
        }

    def unit(self, x):
        return x / self.xp.sqrt(self.xp.maximum(self.xp.sum(x * x, -1, keepdims=True), 1e-12))

    def retrieve(self, inputs):
        self.prefix = "phoenix_retrieval_model/"
        valid = np.concatenate(
            [
                np.asarray(inputs["user_hashes"])[:, :1] != 0,
                np.asarray(inputs["history_post_hashes"])[..., 0] != 0,
            ],
            1,
        )
        tokens = [self.user_token(inputs), self.history_tokens(inputs)]
        h = self.transformer(self.xp.concatenate(tokens, 1), valid, valid.shape[1])
        mask = self.cast(valid[..., None])
        mean = self.xp.sum(h * mask, 1) / self.xp.maximum(self.xp.sum(mask, 1), 1)
        b, c = inputs["candidate_post_hashes"].shape[:2]
        posts = self.cast(inputs["candidate_post_embeddings"])
        authors = self.cast(inputs["candidate_author_embeddings"])
        if self.config.get("enable_linear_proj", True):
            tower = self.prefix + "~build_candidate_representation/candidate_tower/candidate_tower_projection_"
            rows = self.xp.concatenate([posts.reshape(b, c, -1), authors.reshape(b, c, -1)], -1)
            hidden = rows @ self.w[tower + "1"]
            vectors = (hidden * self.sigmoid(hidden)) @ self.w[tower + "2"]
        else:
            vectors = self.xp.mean(self.xp.concatenate([posts, authors], 2), 2)
        return {"user_representation": self.unit(mean), "candidate_representation": self.unit(vectors)}


def draw_config(random, size, kind):
    pick = lambda *choices: choices[random.integers(len(choices))]
    kept = pick(1, 2, 3)
    large = size == "large"
    config = {
        "emb_size": 512 if large else int(pick(16, 33, 64, 96, 128)),
        "history_seq_len": 500 if large else int(random.integers(1, 130)),
        "candidate_seq_len": int(random.integers(1, 40)),
        "num_user_hashes": int(random.integers(1, 4)),
        "num_item_hashes": int(random.integers(1, 4)),
        "num_author_hashes": int(random.integers(1, 4)),
        "num_ip_hashes": int(pick(0, 0, 1, 3)),
        "product_surface_vocab_size": int(pick(1, 5, 16)),
        "key_size": 64 if large else int(pick(2, 16, 32, 64)),
        "num_q_heads": 8 if large else kept * int(pick(1, 2, 4)),
        "num_kv_heads": 4 if large else kept,
        "num_layers": 8 if large else int(random.integers(1, 4)),
        "num_actions": int(pick(1, 19, 33, 128)),
        "num_continuous_actions": int(pick(2, 3, 8, 11)),
        "continuous_action_hidden_dim": int(pick(1, 17, 64, 100)),
        "widening_factor": float(pick(1.5, 2.0, 4.0)),
        "attn_output_multiplier": float(pick(0.125, 0.25, 1.0)),
        "norm_scale": float(pick(30.0, 600.0)),
        "use_log": bool(random.integers(2)),
        "post_age_granularity_mins": int(pick(1, 60, 4800)),
    }
    if kind == "ranker":
        config["right_anchored_rope"] = bool(random.integers(2))
    else:
        config["enable_linear_proj"] = bool(random.integers(2))
    return config


def draw_parameters(random, config, kind):
    d, k = config["emb_size"], config["key_size"]
    f = ffn_size(config["widening_factor"], d)
    post = config["num_item_hashes"] + config["num_author_hashes"]
    out = {}

    def matrix(name, rows, columns):
        out[name] = (random.standard_normal((rows, columns)) / np.sqrt(rows)).astype(np.float32)

    def scale(name):
        out[name] = (1 + 0.1 * random.standard_normal(d)).astype(np.float32)

    prefix = "phoenix_model/" if kind == "ranker" else "phoenix_retrieval_model/"
    matrix(prefix + "product_surface_embedding_table", config["product_surface_vocab_size"], d)
    matrix(prefix + "action_projection", config["num_actions"], d)
    matrix(prefix + "proj_mat_1", config["num_user_hashes"] * d, d)
    matrix(prefix + "proj_mat_3", (post + (3 if kind == "ranker" else 2)) * d, d)
    if kind == "ranker":
        hidden = config["continuous_action_hidden_dim"]
        matrix(prefix + "history_dwell_time_proj1", 1, hidden)
        matrix(prefix + "history_dwell_time_proj2", hidden, d)
        matrix(prefix + "post_age_embedding_table", 4800 // config["post_age_granularity_mins"] + 2, d)
        matrix(prefix + "proj_mat_2", (post + 2) * d, d)
        matrix(prefix + "unembeddings", d, config["num_actions"])
        matrix(prefix + "continuous_unembeddings", d, config["num_continuous_actions"])
        scale(prefix + "rms_norm/scale")
    elif config["enable_linear_proj"]:
        tower = prefix + "~build_candidate_representation/candidate_tower/candidate_tower_projection_"
        matrix(tower + "1", post * d, 2 * d)
        matrix(tower + "2", 2 * d, d)
    for number in range(config["num_layers"]):
        layer = "transformer/decoder_layer_%d/" % number
        for norm in ("rms_norm", "rms_norm_1", "rms_norm_2", "rms_norm_3"):
            scale(layer + norm + "/scale")
        attention = layer + "multi_head_attention/"
        matrix(attention + "query/w", d, config["num_q_heads"] * k)
        matrix(attention + "key/w", d, config["num_kv_heads"] * k)
        matrix(attention + "value/w", d, config["num_kv_heads"] * k)
        matrix(attention + "linear/w", config["num_q_heads"] * k, d)
        matrix(layer + "linear_v/w", d, f)
        matrix(layer + "linear/w", d, f)
        matrix(layer + "linear_1/w", f, d)
    return out


def draw_inputs(random, config, size):
    """A random batch, often narrower than the model, with padding, in NumPy's default types."""
    d = config["emb_size"]
    b = 1 if size == "large" else int(random.integers(1, 5))
    s = config["history_seq_len"] if size == "large" else int(random.integers(1, config["history_seq_len"] + 1))
    c = int(random.integers(1, config["candidate_seq_len"] + 1))
    u, i, a = (config["num_%s_hashes" % kind] for kind in ("user", "item", "author"))
    integers = [np.int64, np.int32, np.uint8][random.integers(3)]
    rows = lambda *shape: random.standard_normal(shape).astype([np.float32, np.float64][random.integers(2)])
    hashes = lambda *shape: random.integers(1, 200, shape).astype(integers)
    inputs = {
        "user_hashes": hashes(b, u),
        "history_post_hashes": hashes(b, s, i),
        "candidate_post_hashes": hashes(b, c, i),
        "user_embeddings": rows(b, u, d),
        "history_post_embeddings": rows(b, s, i, d),
        "history_author_embeddings": rows(b, s, a, d),
        "candidate_post_embeddings": rows(b, c, i, d),
        "candidate_author_embeddings": rows(b, c, a, d),
        "history_product_surface": random.integers(-1, config["product_surface_vocab_size"] + 2, (b, s)),
        "candidate_product_surface": random.integers(-1, config["product_surface_vocab_size"] + 2, (b, c)),
    }
    inputs["user_hashes"][random.random(b) < 0.2] = 0
    inputs["history_post_hashes"][random.random((b, s)) < 0.2] = 0
    inputs["candidate_post_hashes"][random.random((b, c)) < 0.1] = 0
    done = random.random((b, s, config["num_actions"])) < 0.15
    inputs["history_actions"] = done.astype([bool, np.int64, np.float32, np.float64][random.integers(4)])
    if random.integers(2):
        inputs["history_continuous_actions"] = random.exponential(
            10, (b, s, config["num_continuous_actions"])
        ).astype(np.float32)
    if random.integers(2):
        inputs["candidate_impr_ts"] = random.integers(0, 2, (b, c)) * 1_700_000_000
        inputs["candidate_post_creation_ts"] = 1_700_000_000 - random.integers(-1000, 400_000, (b, c))
    if config["num_ip_hashes"] and random.integers(2):
        inputs["user_ip_embeddings"] = rows(b, config["num_ip_hashes"], d)
    return inputs


def float32_arrays():
    """jax.numpy if it is installed, and its name."""
    try:
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        import jax.numpy as jnp

        return jnp, "JAX"
    except ImportError:
        return np, "NumPy"


def make(folder, seed, size):
    random = np.random.default_rng(seed)
    kind = ["ranker", "retrieval"][seed % 3 == 2]
    config = draw_config(random, size, kind)
    parameters = draw_parameters(random, config, kind)
    inputs = draw_inputs(random, config, size)
    xp, name = float32_arrays()
    run = lambda model: (model.rank if kind == "ranker" else model.retrieve)(inputs)
    exact = run(Model(np, np.float64, config, parameters))
    single = run(Model(xp, np.float32, config, parameters))
    valid = np.asarray(inputs["candidate_post_hashes"])[..., 0] != 0
    expected = {"valid": valid}
    for output, values in exact.items():
        distance = np.abs(np.asarray(single[output], np.float64) - values)
        if output != "user_representation":
            distance = distance[valid]
        largest = float(distance.max(initial=0))
        expected[output] = values
        expected["bound:" + output] = np.float64(max(BOUND, FACTOR * largest))
        expected["float32:" + output] = np.float64(largest)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(config, file, indent=2)
    np.savez(os.path.join(folder, "model_params.npz"), **parameters)
    np.savez(os.path.join(folder, "inputs.npz"), **inputs)
    np.savez(os.path.join(folder, "expected.npz"), **expected)
    return kind, config, inputs, name


def compare(folder, out):
    """[(output, error, bound)]."""
    found, expected = np.load(out), np.load(os.path.join(folder, "expected.npz"))
    results = []
    for output in expected.files:
        if output == "valid" or ":" in output:
            continue
        error = np.abs(found[output].astype(np.float64) - expected[output])
        if output != "user_representation":
            error = error[expected["valid"]]
        worst = float(error.max(initial=0))
        results.append((output, worst, float(expected["bound:" + output])))
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--count", type=int, default=9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", choices=["small", "large"], default="small")
    parser.add_argument("--phoenix", help="command that runs phoenix; without it, cases are only made")
    options = parser.parse_args()
    margin, departed = (0.0, "no output"), 0
    for seed in range(options.seed, options.seed + options.count):
        folder = os.path.join(options.out, "case-%d" % seed)
        kind, config, inputs, name = make(folder, seed, options.size)
        shape = "B %d, S %d of %d, C %d of %d, D %d" % (
            *inputs["history_post_hashes"].shape[:2],
            config["history_seq_len"],
            inputs["candidate_post_hashes"].shape[1],
            config["candidate_seq_len"],
            config["emb_size"],
        )
        print("case-%d %s (%s): %s" % (seed, kind, shape, "float32 is " + name), flush=True)
        if not options.phoenix:
            continue
        out = os.path.join(folder, "out.npz")
        command = options.phoenix.split() + ["infer", kind, "--backend", "cpu", "--precision", "float32"]
        command += ["--model", folder, "--inputs", os.path.join(folder, "inputs.npz"), "--out", out]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for output, error, bound in compare(folder, out):
            part = error / bound
            departed += not part <= 1
            print("  %-4s %-26s %.3g of %.3g" % ("ok" if part <= 1 else "FAIL", output, error, bound))
            margin = max(margin, (part, "case-%d/%s" % (seed, output)))
    if options.phoenix:
        print("Margin: the largest error is %.2f of its bound (%s)" % margin)
    sys.exit(1 if departed else 0)


if __name__ == "__main__":
    main()
