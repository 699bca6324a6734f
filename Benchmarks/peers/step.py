"""A training step in Python's torch with timm: the network, batch and optimizer of `polymath bench step`."""
import argparse
import time

import torch

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

from measured import serve

parser = argparse.ArgumentParser()
parser.add_argument("--encoder", default="vit_tiny_patch16_224")
parser.add_argument("--tasks", type=int, default=4)
parser.add_argument("--size", type=int, default=224)
parser.add_argument("--batch", type=int, default=2)
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()

CHANNELS = 4
torch.set_num_threads(options.threads)
torch.manual_seed(1)


class Network(nn.Module):
    """The multi-scale transformer: patch tokens of four depths side by side, a 1×1 convolution per task."""

    def __init__(self):
        super().__init__()
        self.backbone = timm.create_model(options.encoder, num_classes=0, img_size=options.size)
        depth = len(self.backbone.blocks)
        self.selected = {depth // 4 - 1, depth // 2 - 1, 3 * depth // 4 - 1}
        self.heads = nn.ModuleList(nn.Conv2d(4 * self.backbone.embed_dim, CHANNELS, 1) for _ in range(options.tasks))

    def forward(self, images):
        vit = self.backbone
        x = vit.norm_pre(vit.patch_drop(vit._pos_embed(vit.patch_embed(images))))
        features = []
        for index, block in enumerate(vit.blocks):
            x = block(x)
            if index in self.selected:
                features.append(x)
        features.append(vit.norm(x))
        side = options.size // 16
        maps = [f[:, 1:].transpose(1, 2).reshape(f.shape[0], -1, side, side) for f in features]
        together = torch.cat(maps, 1)
        size = images.shape[2:]
        return [functional.interpolate(head(together), size, mode="bilinear") for head in self.heads]


network = Network().train()
optimizer = torch.optim.Adam(network.parameters(), lr=1e-4, fused=True)
images = torch.randn(options.batch, 3, options.size, options.size)
targets = [torch.randn(options.batch, CHANNELS, options.size, options.size) for _ in range(options.tasks)]


def step():
    optimizer.zero_grad(set_to_none=True)
    losses = [(p - t).square().mean() for p, t in zip(network(images), targets)]
    sum(losses).backward()
    optimizer.step()
    # As the Swift side does: the losses are looked at.
    torch.stack([loss.detach() for loss in losses]).tolist()


def measure():
    start = time.perf_counter()
    step()
    return [time.perf_counter() - start]


for _ in range(3):
    step()
serve(measure)
