"""A training step in Python's torch with timm: the network, batch and optimizer of `polymath bench step`."""
from measured import serve_step
from network import Problem, adam, look_at, parser

problem = Problem(parser.parse_args())
optimizer = adam(problem.parameters)


def step():
    optimizer.zero_grad(set_to_none=True)
    losses = problem.losses(problem.encoder(problem.images))
    sum(losses).backward()
    optimizer.step()
    look_at(losses)


serve_step(step)
