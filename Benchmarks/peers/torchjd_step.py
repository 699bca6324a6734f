"""A training step with TorchJD: an aggregator of the shared parameters' gradients, or a scalarizer of the losses."""
import torch
from torchjd import aggregation, scalarization
from torchjd.autojac import jac_to_grad, mtl_backward

from measured import serve_step
from network import Problem, adam, look_at, parser

# By our names, with our default parameters, made for a number of tasks.
AGGREGATORS = {
    "pcgrad": lambda count: aggregation.PCGrad(),
    "gradvac": lambda count: aggregation.GradVac(),
    "graddrop": lambda count: aggregation.GradDrop(),
    "rgw": lambda count: aggregation.Random(),
    "mgda": lambda count: aggregation.MGDA(),
    "cagrad": lambda count: aggregation.CAGrad(c=0.4),
    "nash-mtl": lambda count: aggregation.NashMTL(n_tasks=count),
    "imtl-g": lambda count: aggregation.IMTLG(),
    "aligned-mtl": lambda count: aggregation.AlignedMTL(),
    "fairgrad": lambda count: aggregation.FairGrad(alpha=1.0),
    "upgrad": lambda count: aggregation.UPGrad(),
    "dualproj": lambda count: aggregation.DualProj(),
}
SCALARIZERS = {
    "equal": lambda count: scalarization.Sum(),
    "sum": lambda count: scalarization.Sum(),
    "mean": lambda count: scalarization.Mean(),
    "uw": scalarization.UW,
    "dwa": lambda count: scalarization.DWA(),
    "rlw": lambda count: scalarization.Random(),
    "imtl-l": scalarization.IMTLL,
    "famo": scalarization.FAMO,
    "gls": lambda count: scalarization.GeometricMean(),
}

parser.add_argument("--method", choices=[*AGGREGATORS, *SCALARIZERS], default="equal")
parser.add_argument("--level", choices=["parameters"], default="parameters")
options = parser.parse_args()
problem = Problem(options)
method = {**AGGREGATORS, **SCALARIZERS}[options.method](options.tasks)
# UW and IMTL-L learn numbers of their own.
optimizer = adam([*problem.parameters, *method.parameters()])
# Where an aggregator can do with the Gramian, this is faster here, and smaller, than to join the Jacobians.
can_skip_joining = isinstance(method, aggregation.GramianWeightedAggregator)


def step():
    optimizer.zero_grad(set_to_none=True)
    features = problem.encoder(problem.images)
    losses = problem.losses(features)
    if options.method in AGGREGATORS:
        mtl_backward(losses, features)
        jac_to_grad(problem.encoder.parameters(), method, optimize_gramian_computation=can_skip_joining)
    else:
        method(torch.stack(losses)).backward()
    optimizer.step()
    if options.method == "famo":
        with torch.no_grad():
            method.update(torch.stack(problem.losses(problem.encoder(problem.images))))
    look_at(losses)


serve_step(step)
