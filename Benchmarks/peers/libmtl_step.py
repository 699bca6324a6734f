"""A training step with LibMTL: an architecture and a weighting in one class, trained as its Trainer does."""
import sys

import numpy
import torch
from torch import nn

from measured import serve_step
from network import Problem, adam, parser, squares

# Where torchvision had the function that LibMTL imports, until 0.12.
sys.modules["torchvision.models.utils"] = torch.hub

from LibMTL import weighting
from LibMTL.architecture import HPS

# By our names. LibMTL's CAGrad is written for three tasks, and fails with any other number.
METHODS = {
    "equal": weighting.EW,
    "uw": weighting.UW,
    "dwa": weighting.DWA,
    "rlw": weighting.RLW,
    "gls": weighting.GLS,
    "gradnorm": weighting.GradNorm,
    "pcgrad": weighting.PCGrad,
    "gradvac": weighting.GradVac,
    "graddrop": weighting.GradDrop,
    "mgda": weighting.MGDA,
    "cagrad": weighting.CAGrad,
    "imtl": weighting.IMTL,
}
# Every weighting takes its own of these: LibMTL's defaults, and the radius of CAGrad as ours.
ARGUMENTS = {
    "T": 2.0, "dist": "Normal", "alpha": 1.5, "beta": 0.5, "leak": 0.0, "mgda_gn": "none", "calpha": 0.4, "rescale": 1
}

# At the features, LibMTL has these, and GradDrop nowhere else.
AT_FEATURES = ["gradnorm", "graddrop", "mgda", "imtl"]

parser.add_argument("--method", choices=METHODS, default="equal")
parser.add_argument("--level", choices=["parameters", "features"], default="parameters")
options = parser.parse_args()
if options.level == "features" and options.method not in AT_FEATURES:
    parser.error(f"LibMTL has no {options.method} at the features")
problem = Problem(options)


class Model(HPS, METHODS[options.method]):
    """As LibMTL's Trainer makes it, with two repairs."""

    def zero_grad_share_params(self):
        """Without the argument, torch takes the gradients away since 2.0, and LibMTL then finds none."""
        self.encoder.zero_grad(set_to_none=False)

    def _prepare_rep(self, rep, task, same_rep=None):
        """LibMTL 1.1.5 says `same_rep` the wrong way round, and would go through the encoder once for each task."""
        return super()._prepare_rep(rep, task, same_rep=True)


tasks = [f"task{index}" for index in range(options.tasks)]
model = Model(
    task_name=tasks,
    encoder_class=lambda: problem.encoder,
    decoders=nn.ModuleDict(zip(tasks, problem.decoders)),
    rep_grad=options.level == "features",
    multi_input=False,
    device=torch.device("cpu"),
)
model.init_param()
model.train()
# The third epoch: all weightings are at work.
model.epoch = 2
model.train_loss_buffer = numpy.ones((options.tasks, 3))
optimizer = adam(model.parameters())


def step():
    predictions = model(problem.images)
    losses = torch.zeros(options.tasks)
    for index, task in enumerate(tasks):
        loss = squares(predictions[task], problem.targets[index])
        loss.item()
        losses[index] = loss
    optimizer.zero_grad()
    model.backward(losses, **ARGUMENTS)
    optimizer.step()


serve_step(step)
