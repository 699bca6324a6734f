"""A training step with LibMTL's other ways to share its ResNet-18, and equal weights."""
import sys

import torch
from torch import nn

from measured import serve_step
from network import Problem, adam, look_at, parser

# Where torchvision had the function that LibMTL imports, until 0.12.
sys.modules["torchvision.models.utils"] = torch.hub

from LibMTL import weighting
from LibMTL.architecture import MTAN, Cross_stitch, MMoE
from LibMTL.model import resnet18

ARCHITECTURES = {"cross-stitch": Cross_stitch, "mtan": MTAN, "mmoe": MMoE}

parser.add_argument("--architecture", choices=ARCHITECTURES, required=True)
parser.set_defaults(encoder="resnet18", tasks=3, size=(128, 160))
options = parser.parse_args()


class ResNetProblem(Problem):
    def make_encoder(self, options):
        encoder = resnet18(pretrained=False)
        encoder.channels = encoder.feature_dim
        return encoder


class Model(ARCHITECTURES[options.architecture], weighting.EW):
    """As LibMTL's Trainer makes it."""


problem = ResNetProblem(options)
tasks = [f"task{index}" for index in range(options.tasks)]
model = Model(
    task_name=tasks,
    encoder_class=lambda: problem.make_encoder(options),
    decoders=nn.ModuleDict(zip(tasks, problem.decoders)),
    rep_grad=False,
    multi_input=False,
    device=torch.device("cpu"),
    img_size=[3, *options.size],
    num_experts=[3],
)
model.init_param()
model.train()
optimizer = adam(model.parameters())


def step():
    predictions = model(problem.images)
    losses = torch.stack(
        [(predictions[task] - target).square().mean() for task, target in zip(tasks, problem.targets)])
    optimizer.zero_grad(set_to_none=True)
    model.backward(losses)
    optimizer.step()
    look_at(losses)


serve_step(step)
