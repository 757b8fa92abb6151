"""torch.matmul and torch.topk on the corpus of Phoenix's scan, generated from its seed.

The product alone, which is cuBLAS and writes all scores, stands beside it.
"""
import torch

from case import Case, arguments, hashed, relative_error
from clocks_torch import device_seconds

CHUNK = 1 << 26


def corpus(config, entries, columns, unit, device):
    """[N, D] bfloat16: the function of rows.cu in 64-bit integers."""
    out = torch.empty(entries * columns, dtype=torch.bfloat16, device=device)
    mask = 0xFFFFFFFF
    for first in range(0, out.numel(), CHUNK):
        index = torch.arange(first, min(first + CHUNK, out.numel()), dtype=torch.int64, device=device)
        x = ((index & mask) * 0x9E3779B9 + (index >> 32) * 0x85EBCA6B + config["corpus_seed"]) & mask
        x ^= x >> 16
        x = (x * 0x7FEB352D) & mask
        x ^= x >> 15
        # The product would overflow int64, so multiply in two halves.
        x = (((x * 0x846C) & mask) * 0x10000 + x * 0xA68B) & mask
        x ^= x >> 16
        out[first : first + len(index)] = ((2 * (x >> 24) - 255).to(torch.float32) * unit).to(torch.bfloat16)
    return out.view(entries, columns)


def same_scores(rows, user, found, ours):
    """The largest absolute difference of the exact scores of two lists of entries, sorted."""
    exact = lambda entries: (rows[entries].double() @ user.double()).sort(descending=True).values
    return (exact(found) - exact(ours)).abs().max().item()


@torch.inference_mode()
def main():
    case = Case(arguments(), "PyTorch " + torch.__version__)
    held = None
    scored = set()
    for scan in case.config["cases"]:
        name, entries, columns = scan["name"], scan["entries"], scan["columns"]
        if case.left() < 5:
            case.leave_out(name, "no time left")
            continue
        try:
            if held is None or held[0] != (entries, columns):
                held = None
                held = ((entries, columns), corpus(case.config, entries, columns, scan["unit"], case.device))
            rows = held[1]
            values = hashed(case.config["user_seed"], scan["unit"], 0, scan["users"] * columns)
            users = torch.from_numpy(values).view(scan["users"], columns).to(case.device, torch.bfloat16)
            k = min(scan["k"], entries)
            search = lambda: torch.topk(users @ rows.T, k, dim=1)
            found = search().indices[0]
            ours = torch.tensor(scan["first_user"][:k], device=case.device)
            # PyTorch compares scores rounded to bfloat16, so entries may differ by the rounding error.
            difference = same_scores(rows, users[0], found, ours)
            case.add(name, "torch.matmul + topk", device_seconds(search, case.device), difference, 2.0**-7)
            if scan["scores"] not in scored:
                scored.add(scan["scores"])
                product = lambda: users @ rows.T
                exact = users[0].double() @ rows[:1024].double().T
                error = relative_error(product()[0, :1024].float().cpu().numpy(), exact.cpu().numpy())
                seconds = device_seconds(product, case.device)
                case.add(scan["scores"], "cuBLAS through torch.matmul", seconds, error, 2.0**-7)
        except Exception as e:  # Any failure of a peer is reported, not raised.
            case.leave_out(name, "%s: %s" % (type(e).__name__, e))
        if case.device == "cuda":
            torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
