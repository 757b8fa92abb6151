"""A training step of either model in PyTorch on a GPU: float32 with TF32 products, and bfloat16 autocast.

The model is that of train_torch.py. Loss and gradients are compared with ours at the same parameters,
then steps are timed from call to loss, as ours are.
"""
import numpy as np
import torch

from case import Case, arguments, host_seconds, relative_error
from train_torch import Model


class Autocast(Model):
    """The model under autocast with bfloat16."""

    def backward(self):
        self.optimizer.zero_grad(set_to_none=True)
        used, leaf, rows = self.look_up()
        with torch.autocast(self.table.device.type, torch.bfloat16):
            loss = self.ranker_loss(rows) if self.ranks else self.retrieval_loss(rows)
        loss.backward()
        return loss, used, leaf


def worst_error(model, ours, zero=1e-12):
    """The largest relative error of a gradient; tensors of zeros on both sides agree."""
    worst = 0.0
    for name in ours.files:
        gradient = model.params[name].grad
        expected = ours[name]
        found = np.zeros_like(expected) if gradient is None else gradient.float().cpu().numpy().reshape(-1)
        if np.linalg.norm(expected) > zero or np.linalg.norm(found) > zero:
            worst = max(worst, relative_error(found, expected))
    return worst


def measure(case, peer, make):
    config = case.config
    model = make(case.folder, case.device)
    loss = model.backward()[0].item()
    error = worst_error(model, case.arrays("ours.npz"))
    # A loss that differs fails regardless of the gradients.
    if not abs(loss - config["loss"]) <= 4 * config["loss_tolerance"] * abs(config["loss"]):
        case.leave_out(config["name"], "%s: loss %r, ours %r" % (peer, loss, config["loss"]))
        return
    case.add(config["name"], peer, host_seconds(model.step, 0.5), error, config["tolerance"])


def main():
    case = Case(arguments(), "PyTorch " + torch.__version__)
    torch.set_float32_matmul_precision("high")
    for peer, make in (("PyTorch eager, TF32", Model), ("PyTorch eager, autocast bfloat16", Autocast)):
        if case.left() < 5:
            case.leave_out(case.config["name"], peer + ": no time left")
            continue
        try:
            measure(case, peer, make)
        except Exception as e:  # Any failure of a peer is reported, not raised.
            case.leave_out(case.config["name"], "%s: %s: %s" % (peer, type(e).__name__, e))
        if case.device == "cuda":
            torch.cuda.empty_cache()


if __name__ == "__main__":
    main()
