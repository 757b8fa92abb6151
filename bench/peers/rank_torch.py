"""The ranker in PyTorch: eager, eager as a CUDA graph, and compiled with FlexAttention.

Histories are causal, candidates see the history and themselves, logits are 30 tanh(x / 30).
"""
import torch
import torch.nn.functional as F

from case import Case, arguments, parameters, pool, relative_error
from clocks_torch import captured, device_seconds

CAP = 30.0
MODEL = "phoenix_model/"


def rms_norm(x, scale):
    wide = x.float()
    return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-5) * scale).to(x.dtype)


def capped(score, batch, head, query, key):
    return CAP * torch.tanh(score / CAP)


class Ranker:
    """The forward pass on looked-up rows, weights held in bfloat16, scales and heads in float32."""

    def __init__(self, config, device):
        self.config = config
        self.device = device
        self.weights = {}
        for name, value in parameters(config).items():
            tensor = torch.from_numpy(value).to(device)
            wide = name.endswith("/scale") or name.endswith("unembeddings")
            self.weights[name] = tensor if wide else tensor.to(torch.bfloat16)
        self.history = 1 + config["history_seq_len"]
        self.candidates = None
        self.set_candidates(config["candidate_seq_len"])

    def set_candidates(self, candidates):
        """Positions and mask of the candidates; positions repeat after the model's C."""
        if candidates == self.candidates:
            return
        config, device = self.config, self.device
        self.candidates = candidates
        self.length = self.history + candidates
        size = config["key_size"]
        turn = 10000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
        slots = self.history + torch.arange(candidates) % config["candidate_seq_len"]
        positions = torch.cat([torch.arange(self.history), slots]).to(torch.float64)
        angle = positions[:, None] * turn[None]
        angle = torch.cat([angle, angle], -1)
        self.cos = angle.cos().float().to(device)
        self.sin = angle.sin().float().to(device)
        index = torch.arange(self.length, device=device)
        past = index[None, :] <= index[:, None]
        self.visible = past & ((index[None, :] < self.history) | (index[None, :] == index[:, None]))
        self.block_mask = None

    def w(self, name):
        return self.weights[name]

    def tokens(self, inputs):
        c = self.config
        batch = inputs["users"].shape[0]
        # Dwell time and post age are absent: bucket 0, and gelu(0) = 0.
        signed = (2 * inputs["actions"] - 1) @ self.w(MODEL + "action_projection")
        acted = signed * (inputs["actions"] != 0).any(-1, keepdim=True).to(signed.dtype)
        table = self.w(MODEL + "product_surface_embedding_table")
        age = self.w(MODEL + "post_age_embedding_table")[0].expand(batch, self.candidates, -1)
        user = inputs["users"][:, None] @ self.w(MODEL + "proj_mat_1")
        rows = [inputs["history_posts"], inputs["history_authors"], acted, table[inputs["history_surfaces"]]]
        history = torch.cat(rows + [torch.zeros_like(acted)], -1) @ self.w(MODEL + "proj_mat_3")
        rows = [inputs["candidate_posts"], inputs["candidate_authors"], table[inputs["candidate_surfaces"]], age]
        candidates = torch.cat(rows, -1) @ self.w(MODEL + "proj_mat_2")
        return torch.cat([user, history, candidates], 1)

    def rotated(self, x):
        left, right = x.float().chunk(2, -1)
        turned = torch.cat([-right, left], -1)
        return (x.float() * self.cos[:, None] + turned * self.sin[:, None]).to(x.dtype)

    def attention(self, q, k, v):
        """[B, T, heads, K] in and out, every logit in memory."""
        group = q.shape[2] // k.shape[2]
        k, v = k.repeat_interleave(group, 2), v.repeat_interleave(group, 2)
        logits = torch.einsum("bthd,bshd->bhts", q, k).float() * self.config["attn_output_multiplier"]
        logits = CAP * torch.tanh(logits / CAP)
        weights = torch.softmax(logits.masked_fill(~self.visible, -1e30), -1).to(q.dtype)
        return torch.einsum("bhts,bshd->bthd", weights, v)

    def flex_attention(self, q, k, v):
        from torch.nn.attention.flex_attention import flex_attention

        out = flex_attention(
            q.transpose(1, 2),
            k.transpose(1, 2),
            v.transpose(1, 2),
            score_mod=capped,
            block_mask=self.block_mask,
            scale=self.config["attn_output_multiplier"],
            enable_gqa=q.shape[2] != k.shape[2],
        )
        return out.transpose(1, 2)

    def prepare_flex(self, device):
        from torch.nn.attention.flex_attention import create_block_mask

        history = self.history

        def visible(batch, head, query, key):
            return (key <= query) & ((key < history) | (key == query))

        self.block_mask = create_block_mask(visible, None, None, self.length, self.length, device=device)

    def layer(self, x, index, attention):
        c = self.config
        name = "transformer/decoder_layer_%d/" % index
        batch, heads, kept, size = x.shape[0], c["num_heads"], c["num_kv_heads"], c["key_size"]
        y = rms_norm(x, self.w(name + "rms_norm/scale"))
        project = lambda what, count: (y @ self.w(name + "multi_head_attention/%s/w" % what)).view(
            batch, self.length, count, size
        )
        q, k, v = project("query", heads), project("key", kept), project("value", kept)
        attended = attention(self.rotated(q), self.rotated(k), v).reshape(batch, self.length, heads * size)
        branch = attended @ self.w(name + "multi_head_attention/linear/w")
        x = x + rms_norm(branch, self.w(name + "rms_norm_1/scale"))
        y = rms_norm(x, self.w(name + "rms_norm_2/scale"))
        gate = F.gelu(y @ self.w(name + "linear/w"), approximate="tanh")
        branch = (gate * (y @ self.w(name + "linear_v/w"))) @ self.w(name + "linear_1/w")
        return x + rms_norm(branch, self.w(name + "rms_norm_3/scale"))

    def forward(self, inputs, attention):
        """Logits of actions [B, C, A], float32."""
        x = self.tokens(inputs)
        for index in range(self.config["num_layers"]):
            x = self.layer(x, index, attention)
        out = rms_norm(x[:, self.history :].float(), self.w(MODEL + "rms_norm/scale"))
        return out @ self.w(MODEL + "unembeddings")


def lookup(case, device):
    """Looked-up rows of a batch's requests, bfloat16, on the device."""
    table = torch.from_numpy(pool(case.config)).to(device, torch.bfloat16)

    def inputs(batch):
        arrays = case.arrays("inputs%s.npz" % batch["files"])
        requests = batch["requests"]
        found = {}
        for name in ("users", "history_posts", "history_authors", "candidate_posts", "candidate_authors"):
            rows = torch.from_numpy(arrays[name][:requests].astype("int64")).to(device)
            found[name] = table[rows].flatten(-2)
        for name in ("history_surfaces", "candidate_surfaces"):
            found[name] = torch.from_numpy(arrays[name][:requests].astype("int64")).to(device)
        found["actions"] = torch.from_numpy(arrays["actions"][:requests]).to(device, torch.bfloat16)
        return found

    return inputs


def measure(case, peer, run, name, expected):
    found = run()
    count = min(len(found), len(expected))
    error = relative_error(found[:count].float().cpu().numpy(), expected[:count])
    seconds = device_seconds(run, case.device)
    case.add(name, peer, seconds, error, 2 * case.config["tolerance"])


def measure_graph(case, peer, run, name, expected):
    holder = {}

    def keep():
        holder["out"] = run()

    replay = captured(keep)
    replay()
    torch.cuda.synchronize()
    count = min(len(holder["out"]), len(expected))
    error = relative_error(holder["out"][:count].float().cpu().numpy(), expected[:count])
    case.add(name, peer, device_seconds(replay, case.device), error, 2 * case.config["tolerance"])


def attempt(case, what, step):
    """Runs a step; on failure it is listed as left out and its memory is freed."""
    if case.left() < 5:
        case.leave_out(what, "no time left")
        return
    try:
        step()
    except Exception as e:  # Any failure of a peer is reported, not raised.
        case.leave_out(what, "%s: %s" % (type(e).__name__, e))
    if case.device == "cuda":
        torch.cuda.empty_cache()


@torch.inference_mode()
def main():
    case = Case(arguments(), "PyTorch " + torch.__version__)
    ranker = Ranker(case.config, case.device)
    inputs = lookup(case, case.device)
    # Compilation is slow, so only few sizes run: the one user's many candidates and the middle size first.
    many = lambda b: b["files"] != ""
    batches = sorted(case.config["batches"], key=lambda b: (not many(b), abs(b["requests"] - 32)))
    chosen = [b for b in batches if many(b) or b["requests"] in (1, 32, 256)] or batches[:1]

    def eager(batch, peer, how):
        expected = case.arrays("ours%s.npz" % batch["files"])["logits"]
        ranker.set_candidates(batch["candidates"])
        given = inputs(batch)
        how(case, peer, lambda: ranker.forward(given, ranker.attention), batch["name"], expected)

    def compiled(batch):
        expected = case.arrays("ours%s.npz" % batch["files"])["logits"]
        ranker.set_candidates(batch["candidates"])
        given = inputs(batch)
        ranker.prepare_flex(case.device)
        run = torch.compile(lambda: ranker.forward(given, ranker.flex_attention), dynamic=False)
        peer = "torch.compile + FlexAttention"
        if case.device == "cuda":
            measure_graph(case, peer + " as a CUDA graph", run, batch["name"], expected)
        else:
            measure(case, peer, run, batch["name"], expected)

    for batch in batches:
        name = batch["name"]
        attempt(case, name + ", eager", lambda: eager(batch, "PyTorch eager", measure))
        if case.device == "cuda":
            peer = "PyTorch eager as a CUDA graph"
            attempt(case, name + ", graph", lambda: eager(batch, peer, measure_graph))
    for batch in chosen:
        attempt(case, batch["name"] + ", torch.compile + FlexAttention", lambda: compiled(batch))
    for batch in batches:
        if batch not in chosen:
            case.leave_out(batch["name"] + ", torch.compile + FlexAttention", "compiled for few sizes only")


if __name__ == "__main__":
    main()
