"""Device times of PyTorch work, from events around replays, as for Phoenix."""
import statistics

import torch

from case import host_seconds


def device_seconds(run, device, seconds=0.3):
    """The median time of `run`, back to back."""
    if device == "cpu":
        return host_seconds(run, seconds)
    for _ in range(3):
        run()
    torch.cuda.synchronize()
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begin.record()
    run()
    end.record()
    torch.cuda.synchronize()
    first = begin.elapsed_time(end) / 1e3
    replays = 8 if first < seconds / 40 else 1
    samples = []
    for _ in range(max(5, min(50, int(seconds / max(first * replays, 1e-6))))):
        begin.record()
        for _ in range(replays):
            run()
        end.record()
        torch.cuda.synchronize()
        samples.append(begin.elapsed_time(end) / 1e3 / replays)
    return statistics.median(samples)


def captured(run):
    """Captures `run` as a CUDA graph; returns a function that replays it."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            run()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    return graph.replay
