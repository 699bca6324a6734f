"""The price of calling an operator in Python's torch: the cases of `polymath bench operators`."""
import time

import torch

from measured import serve

CALLS = 20_000
a, b = torch.ones(8), torch.full((8,), 2.0)
matrix = torch.full((8, 8), 0.5)
leaf = a.clone().requires_grad_()

CASES = [
    lambda: a + b,
    lambda: leaf + b,
    lambda: a * 2,
    lambda: a.sum(),
    lambda: a.softmax(0),
    lambda: matrix.matmul(matrix),
    lambda: matrix.reshape(4, 16),
]


def measure():
    result = []
    for case in CASES:
        for _ in range(CALLS // 10):
            case()
        start = time.perf_counter()
        for _ in range(CALLS):
            case()
        result.append((time.perf_counter() - start) / CALLS)
    return result


serve(measure)
