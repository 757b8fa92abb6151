"""The ranker in JAX, compiled by jit: with the rows, weights and mask of rank_torch.py."""
import os

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

import jax
import jax.numpy as jnp
import numpy as np

from case import Case, arguments, host_seconds, parameters, pool, relative_error

CAP = 30.0
MODEL = "phoenix_model/"


def rms_norm(x, scale):
    wide = x.astype(jnp.float32)
    mean = jnp.mean(wide * wide, -1, keepdims=True)
    return (wide * jax.lax.rsqrt(mean + 1e-5) * scale).astype(x.dtype)


def rotated(x, cos, sin):
    left, right = jnp.split(x.astype(jnp.float32), 2, -1)
    turned = jnp.concatenate([-right, left], -1)
    return (x.astype(jnp.float32) * cos[:, None] + turned * sin[:, None]).astype(x.dtype)


def attention(config, visible, q, k, v):
    group = q.shape[2] // k.shape[2]
    k, v = jnp.repeat(k, group, 2), jnp.repeat(v, group, 2)
    logits = jnp.einsum("bthd,bshd->bhts", q, k, preferred_element_type=jnp.float32)
    logits = CAP * jnp.tanh(logits * config["attn_output_multiplier"] / CAP)
    weights = jax.nn.softmax(jnp.where(visible, logits, -1e30), -1).astype(q.dtype)
    return jnp.einsum("bhts,bshd->bthd", weights, v)


def make_forward(config, candidates):
    """The forward pass for a number of candidates: (weights, inputs) -> logits [B, candidates, A]."""
    history = 1 + config["history_seq_len"]
    length = history + candidates
    heads, kept, size = config["num_heads"], config["num_kv_heads"], config["key_size"]
    turn = 10000.0 ** (-np.arange(0, size, 2) / size)
    slots = history + np.arange(candidates) % config["candidate_seq_len"]
    angle = np.concatenate([np.arange(history), slots])[:, None] * turn[None]
    angle = np.concatenate([angle, angle], -1)
    cos, sin = jnp.asarray(np.cos(angle), jnp.float32), jnp.asarray(np.sin(angle), jnp.float32)
    index = np.arange(length)
    visible = jnp.asarray(
        (index[None] <= index[:, None]) & ((index[None] < history) | (index[None] == index[:, None]))
    )

    def tokens(w, inputs):
        batch = inputs["users"].shape[0]
        signed = (2 * inputs["actions"] - 1) @ w[MODEL + "action_projection"]
        acted = signed * jnp.any(inputs["actions"] != 0, -1, keepdims=True).astype(signed.dtype)
        table = w[MODEL + "product_surface_embedding_table"]
        age = w[MODEL + "post_age_embedding_table"][0]
        age = jnp.broadcast_to(age, (batch, candidates, age.shape[0]))
        user = inputs["users"][:, None] @ w[MODEL + "proj_mat_1"]
        rows = [inputs["history_posts"], inputs["history_authors"], acted, table[inputs["history_surfaces"]]]
        past = jnp.concatenate(rows + [jnp.zeros_like(acted)], -1) @ w[MODEL + "proj_mat_3"]
        rows = [inputs["candidate_posts"], inputs["candidate_authors"], table[inputs["candidate_surfaces"]], age]
        return jnp.concatenate([user, past, jnp.concatenate(rows, -1) @ w[MODEL + "proj_mat_2"]], 1)

    def layer(w, x, name):
        shape = (x.shape[0], length)
        y = rms_norm(x, w[name + "rms_norm/scale"])
        project = lambda what, count: (y @ w[name + "multi_head_attention/%s/w" % what]).reshape(*shape, count, size)
        q, k, v = project("query", heads), project("key", kept), project("value", kept)
        out = attention(config, visible, rotated(q, cos, sin), rotated(k, cos, sin), v).reshape(*shape, heads * size)
        x = x + rms_norm(out @ w[name + "multi_head_attention/linear/w"], w[name + "rms_norm_1/scale"])
        y = rms_norm(x, w[name + "rms_norm_2/scale"])
        gated = jax.nn.gelu(y @ w[name + "linear/w"], approximate=True) * (y @ w[name + "linear_v/w"])
        return x + rms_norm(gated @ w[name + "linear_1/w"], w[name + "rms_norm_3/scale"])

    def forward(w, inputs):
        x = tokens(w, inputs)
        for number in range(config["num_layers"]):
            x = layer(w, x, "transformer/decoder_layer_%d/" % number)
        out = rms_norm(x[:, history:].astype(jnp.float32), w[MODEL + "rms_norm/scale"])
        return jnp.matmul(out, w[MODEL + "unembeddings"], precision=jax.lax.Precision.HIGHEST)

    return jax.jit(forward)


def load(config):
    weights = {}
    for name, value in parameters(config).items():
        wide = name.endswith("/scale") or name.endswith("unembeddings")
        weights[name] = jnp.asarray(value, jnp.float32 if wide else jnp.bfloat16)
    return weights


def lookup(arrays, table, requests):
    found = {}
    for name in ("users", "history_posts", "history_authors", "candidate_posts", "candidate_authors"):
        rows = table[jnp.asarray(arrays[name][:requests])]
        found[name] = rows.reshape(*rows.shape[:-2], -1)
    for name in ("history_surfaces", "candidate_surfaces"):
        found[name] = jnp.asarray(arrays[name][:requests])
    found["actions"] = jnp.asarray(arrays["actions"][:requests], jnp.bfloat16)
    return found


def back_to_back(run, count):
    """Times runs that are queued on the device and waited for together."""
    last = None
    for _ in range(count):
        last = run()
    last.block_until_ready()


def main():
    options = arguments()
    if options.device == "cpu":
        jax.config.update("jax_platforms", "cpu")
    case = Case(options, "JAX " + jax.__version__)
    if options.device == "cuda" and jax.default_backend() != "gpu":
        case.leave_out("JAX", "has no GPU here, only " + jax.default_backend())
        return
    forwards = {}
    weights = load(case.config)
    table = jnp.asarray(pool(case.config), jnp.bfloat16)
    order = lambda b: (b["files"] == "", abs(b["requests"] - 32))
    for batch in sorted(case.config["batches"], key=order):
        if case.left() < 10:
            case.leave_out(batch["name"], "no time left")
            continue
        try:
            expected = case.arrays("ours%s.npz" % batch["files"])["logits"]
            count = batch["candidates"]
            forward = forwards.setdefault(count, make_forward(case.config, count))
            inputs = lookup(case.arrays("inputs%s.npz" % batch["files"]), table, batch["requests"])
            run = lambda: forward(weights, inputs)
            found = np.asarray(run())
            count = min(len(found), len(expected))
            error = relative_error(found[:count], expected[:count])
            once = host_seconds(lambda: run().block_until_ready(), 0.05)
            replays = max(1, min(20, int(0.1 / once)))
            seconds = host_seconds(lambda: back_to_back(run, replays), 0.3) / replays
            case.add(batch["name"], "JAX jit", seconds, error, 2 * case.config["tolerance"])
        except Exception as e:  # Any failure of a peer is reported, not raised.
            case.leave_out(batch["name"], "%s: %s" % (type(e).__name__, e))


if __name__ == "__main__":
    main()
