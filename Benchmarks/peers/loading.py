"""Loading in Python: torch's DataLoader with Pillow and torchvision's transforms, on a folder in Polymath's format.

    loading.py FOLDER [--crop-height 448 --crop-width 576] [--batch 8] [--workers 2]

It reads what `polymath bench loading` reads, with the same random crop, flip and normalization: images, segmentation and
depth, or the attributes of images. Peak memory is that of this process and its workers, of which shared pages count once (proportional set size).
"""
import argparse
import json
import os
import pathlib
import threading
import time

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import tv_tensors
from torchvision.transforms import v2

import measured

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--crop-height", type=int, default=0)
parser.add_argument("--crop-width", type=int, default=0)
parser.add_argument("--batch", type=int, default=8)
parser.add_argument("--workers", type=int, default=2)
options = parser.parse_args()


class Folder(Dataset):
    def __init__(self, folder):
        self.folder = folder
        index = json.loads((folder / "dataset.json").read_text())
        self.samples = index["samples"]
        self.names = sorted(self.samples[0].get("attributes") or {})
        crop = [v2.RandomCrop((options.crop_height, options.crop_width))] if options.crop_height else []
        self.change = v2.Compose(crop + [v2.RandomHorizontalFlip()])
        self.color = v2.Compose([
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ])

    def __len__(self):
        return len(self.samples)

    def numbers(self, path):
        numbers = np.array(Image.open(self.folder / path))
        # Torch's transforms have no kernels for 16 bits without a sign.
        return numbers.astype(np.int32) if numbers.dtype == np.uint16 else numbers

    def __getitem__(self, position):
        entry = self.samples[position]
        image = tv_tensors.Image(Image.open(self.folder / entry["image"]).convert("RGB"))
        masks = {
            task: tv_tensors.Mask(torch.from_numpy(self.numbers(path)))
            for task, path in entry["targets"].items()
        }
        image, masks = self.change(image, masks)
        result = {"image": self.color(image)}
        for task, mask in masks.items():
            if task == "depth":
                depth = mask.to(torch.float32) / 10_000
                result[task], result[task + " known"] = depth, depth > 0
            else:
                result[task] = mask.to(torch.int64)
        if self.names:
            result["attributes"] = torch.tensor([float(entry["attributes"][name]) for name in self.names])
        return result


class Watch(threading.Thread):
    """The most memory that this process and its workers have together, until it is stopped."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peak = 0
        self.is_stopped = threading.Event()

    @staticmethod
    def tree():
        own = os.getpid()
        return [str(own)] + pathlib.Path(f"/proc/{own}/task/{own}/children").read_text().split()

    @staticmethod
    def proportional_bytes(process):
        try:
            lines = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            return 0  # It ended meanwhile.
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))

    def run(self):
        while not self.is_stopped.wait(0.05):
            self.peak = max(self.peak, sum(self.proportional_bytes(process) for process in self.tree()))


torch.set_num_threads(1)
samples = Folder(options.folder)


loader = DataLoader(
    samples, options.batch, shuffle=True, num_workers=options.workers, drop_last=True, persistent_workers=True)


def measure():
    start = time.perf_counter()
    count = sum(len(batch["image"]) for batch in loader)
    return [(time.perf_counter() - start) / count]


# Looking takes time itself, so that memory is that of an epoch that is not measured.
watch = Watch()
watch.start()
measure()
watch.is_stopped.set()
measured.peak_bytes = lambda: watch.peak
measured.serve(measure)
