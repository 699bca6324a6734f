"""The network, batch and losses of `polymath bench step` in Python's torch with timm, for all peers that step."""
import argparse

import torch

# Before timm and LibMTL, which print.
import measured  # noqa: F401

# timm imports torchvision. Where pip has it for CUDA beside a torch for the CPU, its operators are missing, and the
# import fails for want of two that nothing here calls.
try:
    import torchvision  # noqa: F401
except RuntimeError:
    import sys

    for name in [n for n in sys.modules if n.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

import timm
from torch import nn
from torch.nn import functional

CHANNELS = 4


def sides(text):
    """Height and width from one number or two, such as 128x160."""
    numbers = [int(number) for number in text.split("x")]
    return numbers[0], numbers[-1]


parser = argparse.ArgumentParser()
parser.add_argument("--encoder", default="vit_tiny_patch16_224")
parser.add_argument("--tasks", type=int, default=4)
parser.add_argument("--size", type=sides, default=(224, 224))
parser.add_argument("--batch", type=int, default=2)
parser.add_argument("--threads", type=int, default=2)


class Encoder(nn.Module):
    """The shared part of the multi-scale transformer: patch tokens of four depths side by side."""

    def __init__(self, name, size):
        super().__init__()
        self.backbone = timm.create_model(name, num_classes=0, img_size=size)
        depth = len(self.backbone.blocks)
        self.selected = {depth // 4 - 1, depth // 2 - 1, 3 * depth // 4 - 1}
        self.grid = (size[0] // 16, size[1] // 16)
        self.channels = 4 * self.backbone.embed_dim

    def forward(self, images):
        vit = self.backbone
        x = vit.norm_pre(vit.patch_drop(vit._pos_embed(vit.patch_embed(images))))
        features = []
        for index, block in enumerate(vit.blocks):
            x = block(x)
            if index in self.selected:
                features.append(x)
        features.append(vit.norm(x))
        maps = [f[:, 1:].transpose(1, 2).reshape(f.shape[0], -1, *self.grid) for f in features]
        return torch.cat(maps, 1)


class HighResolutionEncoder(nn.Module):
    """HRNet's four branches side by side, at the size of the finest."""

    def __init__(self, name):
        super().__init__()
        self.backbone = timm.create_model(
            name, features_only=True, feature_location="", out_indices=(1, 2, 3, 4))
        self.channels = sum(self.backbone.stage4_cfg["num_channels"])

    def forward(self, images):
        maps = self.backbone(images)
        size = maps[0].shape[2:]
        return torch.cat([maps[0]] + [functional.interpolate(m, size, mode="bilinear") for m in maps[1:]], 1)


def make_encoder(name, size):
    return HighResolutionEncoder(name) if name.startswith("hrnet") else Encoder(name, size)


class Decoder(nn.Module):
    """One task's own part: a 1×1 convolution, brought to the size of the pictures."""

    def __init__(self, channels, size):
        super().__init__()
        self.head = nn.Conv2d(channels, CHANNELS, 1)
        self.size = size

    def forward(self, features):
        return functional.interpolate(self.head(features), self.size, mode="bilinear")


class Problem:
    """An encoder, a decoder for each task, and a batch of random data."""

    def __init__(self, options):
        torch.set_num_threads(options.threads)
        torch.manual_seed(1)
        self.encoder = self.make_encoder(options).train()
        self.decoders = nn.ModuleList(Decoder(self.encoder.channels, options.size) for _ in range(options.tasks))
        self.images = torch.randn(options.batch, 3, *options.size)
        shape = (options.batch, CHANNELS, *options.size)
        self.targets = [torch.randn(shape) for _ in range(options.tasks)]

    def make_encoder(self, options):
        return make_encoder(options.encoder, options.size)

    @property
    def parameters(self):
        return [*self.encoder.parameters(), *self.decoders.parameters()]

    def losses(self, features):
        return [squares(decoder(features), target) for decoder, target in zip(self.decoders, self.targets)]


def squares(prediction, target):
    return (prediction - target).square().mean()


def adam(parameters):
    return torch.optim.Adam(parameters, lr=1e-4, fused=True)


def look_at(losses):
    """As the Swift side does in every step."""
    return torch.stack([loss.detach() for loss in losses]).tolist()
