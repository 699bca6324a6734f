"""Operators of object detection in torchvision: the cases of `polymath bench detection`.

    detection.py [--threads 2]
"""
import argparse
import time

import torch
from torchvision.ops import batched_nms, roi_align

from measured import serve

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=2)
torch.set_num_threads(parser.parse_args().threads)
torch.manual_seed(1)


def fractions(count, step):
    return (torch.arange(count, dtype=torch.float64) * step) % 1


def boxes(count):
    width, height = 20 + 300 * fractions(count, 0.6180339887498949), 20 + 300 * fractions(count, 0.7548776662466927)
    x, y = (640 - width) * fractions(count, 0.5698402909980532), (480 - height) * fractions(count, 0.8566748838545029)
    return torch.stack([x, y, x + width, y + height], 1).float()


features = torch.randn(1, 256, 120, 160, requires_grad=True)
regions, gradient = [boxes(512)], torch.randn(512, 256, 7, 7)
candidates, scores = boxes(10_000), fractions(10_000, 0.3660254037844386).float()
levels = torch.arange(10_000) // 2000


def measure():
    times = [time.perf_counter()]
    pooled = roi_align(features, regions, 7, spatial_scale=0.25, sampling_ratio=0, aligned=True)
    times.append(time.perf_counter())
    torch.autograd.grad(pooled, features, gradient)
    times.append(time.perf_counter())
    batched_nms(candidates, scores, levels, 0.7)
    times.append(time.perf_counter())
    return [b - a for a, b in zip(times, times[1:])]


measure()
serve(measure)
