"""Causal attention with capped logits by FlexAttention, on the queries, keys and values of our kernel."""
import torch

from case import Case, arguments, hashed, relative_error
from clocks_torch import captured, device_seconds

CAP = 30.0


def capped(score, batch, head, query, key):
    return CAP * torch.tanh(score / CAP)


def operands(config, requests, device):
    """[B, heads, T, K] views of fused rows [B * T, (H + 2 G) K]."""
    heads, kept, size, length = (config[n] for n in ("num_heads", "num_kv_heads", "key_size", "length"))
    columns = (heads + 2 * kept) * size
    rows = torch.from_numpy(hashed(config["seed"], config["unit"], 0, requests * length * columns))
    rows = rows.to(device, torch.bfloat16).view(requests, length, heads + 2 * kept, size).transpose(1, 2)
    return rows[:, :heads].contiguous(), rows[:, heads : heads + kept].contiguous(), rows[:, heads + kept :].contiguous()


@torch.inference_mode()
def main():
    from torch.nn.attention.flex_attention import create_block_mask, flex_attention

    case = Case(arguments(), "PyTorch " + torch.__version__)
    config = case.config
    length = config["length"]
    expected = case.arrays("ours.npz")["out"]
    causal = create_block_mask(lambda b, h, q, k: k <= q, None, None, length, length, device=case.device)
    compiled = torch.compile(flex_attention, dynamic=False)
    for batch in config["batches"]:
        if case.left() < 10:
            case.leave_out(batch["name"], "no time left")
            continue
        try:
            q, k, v = operands(config, batch["requests"], case.device)
            holder = {}

            def run():
                holder["out"] = compiled(
                    q, k, v, score_mod=capped, block_mask=causal, scale=config["multiplier"],
                    enable_gqa=config["num_heads"] != config["num_kv_heads"],
                )

            run()
            count = min(batch["requests"], len(expected))
            found = holder["out"][:count].transpose(1, 2).float().cpu().numpy()
            error = relative_error(found, expected[:count])
            timed = captured(run) if case.device == "cuda" else run
            seconds = device_seconds(timed, case.device)
            case.add(batch["name"], "FlexAttention, compiled", seconds, error, 2 * config["tolerance"])
        except Exception as e:  # Any failure of a peer is reported, not raised.
            case.leave_out(batch["name"], "%s: %s" % (type(e).__name__, e))


if __name__ == "__main__":
    main()
