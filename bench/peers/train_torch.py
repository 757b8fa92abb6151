"""A training step of either model in PyTorch, the peer of the CPU benchmark.

python train_torch.py DIR THREADS

DIR holds config.json, model_params.npz and embedding_tables.npz in the published layout and
batch.npz, padded. Commands come line by line on standard input; each is answered by one line:
  check FILE   loss and gradients of the batch at the parameters as they are, written to FILE
  step         one training step; answers with its loss
"""

import json
import sys

import numpy as np
import torch
import torch.nn.functional as F

BETA1, BETA2, EPS, DECAY, RATE = 0.9, 0.999, 1e-8, 1e-4, 1e-3
ROW_RATE, ROW_EPS = 0.05, 1e-10
FEEDBACK = range(14, 18)


class Model:
    def __init__(self, folder, device="cpu"):
        torch.set_default_device(device)
        self.config = json.load(open(f"{folder}/config.json"))
        arrays = np.load(f"{folder}/batch.npz")
        self.batch = {k: torch.from_numpy(arrays[k]).to(device) for k in arrays.files}
        params = np.load(f"{folder}/model_params.npz")
        self.params = {
            k: torch.from_numpy(params[k].copy()).to(device).requires_grad_() for k in params.files}
        tables = np.load(f"{folder}/embedding_tables.npz")
        d = self.config["emb_size"]
        parts = [np.zeros((65, d), np.float32)]
        parts += [tables[k + "_embeddings"] for k in ("user", "item", "author")]
        self.table = torch.from_numpy(np.concatenate(parts)).to(device)
        self.accumulators = torch.zeros(len(self.table))
        self.optimizer = torch.optim.AdamW(
            self.params.values(), RATE, (BETA1, BETA2), EPS, DECAY, fused=True)
        self.ranks = "targets" in self.batch
        self.prefix = "phoenix_model/" if self.ranks else "phoenix_retrieval_model/"
        names = ["user_rows", "history_rows", "candidate_rows"]
        names += [] if self.ranks else ["global_rows"]
        self.names = names

    def p(self, name):
        return self.params[name]

    def rms(self, x, name):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * self.p(name + "/scale")

    def look_up(self):
        """The unique rows of the batch as one leaf tensor, and the rows of every input."""
        flat = torch.cat([self.batch[n].reshape(-1) for n in self.names]).long()
        used, inverse = torch.unique(flat, return_inverse=True)
        leaf = self.table[used].requires_grad_()
        rows, at = {}, 0
        for n in self.names:
            shape = self.batch[n].shape
            index = inverse[at:at + shape.numel()].reshape(shape)
            rows[n] = F.embedding(index, leaf).flatten(-2)
            at += shape.numel()
        return used, leaf, rows

    def surfaces(self, name):
        table = self.p(self.prefix + "product_surface_embedding_table")
        return F.embedding(self.batch[name].long(), table)

    def history(self, rows):
        b, pre = self.batch, self.prefix
        user = rows["user_rows"] @ self.p(pre + "proj_mat_1")
        actions = b["history_actions"]
        signed = (2 * actions - 1) * (actions != 0).any(-1, keepdim=True)
        parts = [rows["history_rows"], signed @ self.p(pre + "action_projection"),
                 self.surfaces("history_surface")]
        if self.ranks:
            scale = self.config["norm_scale"]
            dwell = b["history_dwell"].clamp(0, scale)[..., None] / scale
            hidden = F.gelu(dwell @ self.p(pre + "history_dwell_time_proj1"), approximate="tanh")
            parts.append(hidden @ self.p(pre + "history_dwell_time_proj2"))
        return torch.cat([user[:, None], torch.cat(parts, -1) @ self.p(pre + "proj_mat_3")], 1)

    def rotation(self, length):
        k, s = self.config["key_size"], self.config["history_seq_len"]
        position = torch.arange(length, dtype=torch.float32)
        if self.ranks:
            slot = torch.arange(length - 1 - s) % self.config["candidate_seq_len"]
            position[1 + s:] = 1 + s + slot
        inverse = 1.0 / (10000 ** (torch.arange(0, k, 2, dtype=torch.float32) / k))
        angle = position[:, None] * inverse
        return angle.cos()[None, :, None], angle.sin()[None, :, None]

    def transformer(self, x, mask):
        c = self.config
        B, T, _ = x.shape
        heads, kv, k = c["num_heads"], c.get("num_kv_heads", c["num_heads"]), c["key_size"]
        cos, sin = self.rotation(T)

        def rotate(t):
            a, b = t.chunk(2, -1)
            return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

        for layer in range(c["num_layers"]):
            L = f"transformer/decoder_layer_{layer}/"
            w = lambda n: self.p(L + n)
            y = self.rms(x, L + "rms_norm")
            q = rotate((y @ w("multi_head_attention/query/w")).view(B, T, heads, k))
            key = rotate((y @ w("multi_head_attention/key/w")).view(B, T, kv, k))
            value = (y @ w("multi_head_attention/value/w")).view(B, T, kv, k)
            if kv != heads:
                key = key.repeat_interleave(heads // kv, 2)
                value = value.repeat_interleave(heads // kv, 2)
            q, key, value = (t.transpose(1, 2) for t in (q, key, value))
            logits = q @ key.transpose(-1, -2) * c["attn_output_multiplier"]
            logits = 30 * torch.tanh(logits / 30)
            weights = torch.softmax(logits.masked_fill(~mask, -1e30), -1)
            attended = (weights @ value).transpose(1, 2).reshape(B, T, heads * k)
            x = x + self.rms(attended @ w("multi_head_attention/linear/w"), L + "rms_norm_1")
            y = self.rms(x, L + "rms_norm_2")
            gated = F.gelu(y @ w("linear/w"), approximate="tanh") * (y @ w("linear_v/w"))
            x = x + self.rms(gated @ w("linear_1/w"), L + "rms_norm_3")
        return x

    def mask(self, valid, candidates):
        T = valid.shape[1]
        i = torch.arange(T)
        first = T - candidates
        seen = (i[None] <= i[:, None]) & ((i[None] < first) | (i[None] == i[:, None]))
        return seen[None, None] & valid[:, None, None]

    def tower(self, rows):
        name = (self.prefix + "~build_candidate_representation/candidate_tower/"
                "candidate_tower_projection_")
        return F.normalize(F.silu(rows @ self.p(name + "1")) @ self.p(name + "2"), dim=-1)

    def retrieval_loss(self, rows):
        b = self.batch
        user_valid = torch.ones(len(b["user_rows"]), 1, dtype=torch.bool)
        valid = torch.cat([user_valid, b["history_rows"][..., 0] != 0], 1)
        x = self.transformer(self.history(rows), self.mask(valid, 0))
        mean = (x * valid[..., None]).sum(1) / valid.sum(1, keepdim=True)
        users = F.normalize(mean, dim=-1)
        posts = self.tower(torch.cat([rows["candidate_rows"], rows["global_rows"]]))
        scores = users @ posts.T * torch.exp(-self.p("~/log_temperature"))
        # One positive a user: all other posts are negatives.
        return F.cross_entropy(scores, torch.arange(len(users)))

    def ranker_loss(self, rows):
        b, pre = self.batch, self.prefix
        age = F.embedding(b["candidate_age"].long(), self.p(pre + "post_age_embedding_table"))
        parts = [rows["candidate_rows"], self.surfaces("candidate_surface"), age]
        candidates = torch.cat(parts, -1) @ self.p(pre + "proj_mat_2")
        x = torch.cat([self.history(rows), candidates], 1)
        C = candidates.shape[1]
        valid = torch.ones(x.shape[:2], dtype=torch.bool)
        valid[:, 1:-C] = b["history_rows"][..., 0] != 0
        x = self.rms(self.transformer(x, self.mask(valid, C))[:, -C:], pre + "rms_norm")
        weights = torch.ones_like(b["targets"])
        weights[..., FEEDBACK.start:FEEDBACK.stop] = ~b["negative_sample"][..., None]
        losses = F.binary_cross_entropy_with_logits(
            x @ self.p(pre + "unembeddings"), b["targets"], weights, reduction="sum")
        return losses / C / len(x)

    def backward(self):
        self.optimizer.zero_grad(set_to_none=True)
        used, leaf, rows = self.look_up()
        loss = self.ranker_loss(rows) if self.ranks else self.retrieval_loss(rows)
        loss.backward()
        return loss, used, leaf

    @torch.no_grad()
    def move(self, used, leaf):
        self.optimizer.step()
        keep = used > 64
        used, g = used[keep], leaf.grad[keep]
        self.accumulators[used] += g.square().mean(-1)
        rate = ROW_RATE / (self.accumulators[used].sqrt() + ROW_EPS)
        self.table[used] -= rate[:, None] * g

    def step(self):
        loss, used, leaf = self.backward()
        self.move(used, leaf)
        return loss.item()

    def check(self, file):
        loss, used, leaf = self.backward()
        arrays = {k: (v.grad if v.grad is not None else torch.zeros_like(v)).cpu().numpy()
                  for k, v in self.params.items()}
        np.savez(file, loss=np.float64(loss.item()), rows=used.cpu().numpy().astype(np.int64),
                 row_gradients=leaf.grad.cpu().numpy(), **arrays)


def main():
    torch.set_num_threads(int(sys.argv[2]))
    model = Model(sys.argv[1])
    print("ready PyTorch", torch.__version__, flush=True)
    for line in sys.stdin:
        command = line.split()
        if command[0] == "step":
            print(repr(model.step()), flush=True)
        elif command[0] == "check":
            model.check(command[1])
            print("checked", flush=True)


if __name__ == "__main__":
    main()
