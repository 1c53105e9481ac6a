"""The same training step in PyTorch, in several modes; the bench takes the fastest for each batch size.

The same work: bytes gathered and scaled each step, dropout drawn each step, MAE, Adam 1e-3, the loss read.
"""
import sys

import numpy as np
import torch
from torch import nn

from worker import serve

UNITS = [784, 512, 256, 128, 11, 128, 256, 512, 784]


def network():
    layers = []
    for i, (fan_in, units) in enumerate(zip(UNITS, UNITS[1:])):
        dense = nn.Linear(fan_in, units)
        nn.init.xavier_uniform_(dense.weight)
        nn.init.zeros_(dense.bias)
        layers += [dense, nn.ReLU()]
        if i < len(UNITS) - 2:
            layers.append(nn.Dropout(0.2))
    return nn.Sequential(*layers)


def begin(setup):
    torch.manual_seed(setup["seed"])
    torch.set_num_threads(setup["threads"])
    torch.set_flush_denormal(True)
    count = setup["images"]
    pixels = torch.from_numpy(np.fromfile(setup["data"], dtype=np.uint8).reshape(count, 784))
    trainings = {}

    def make(mode, batch):
        model = network().train()
        fused = mode != "eager, foreach Adam"
        optimiser = torch.optim.Adam(
            model.parameters(), lr=1e-3, fused=fused or None, foreach=None if fused else True
        )

        def loss_of(indices):
            x = pixels[indices].to(torch.float32).mul_(1 / 255)
            return (model(x) - x).abs().mean()

        if mode.startswith("compiled"):
            options = {"cpp_wrapper": True} if "C++ wrapper" in mode else {}
            loss_of = torch.compile(loss_of, dynamic=False, options=options)

        def step(indices):
            optimiser.zero_grad(set_to_none=True)
            loss = loss_of(indices)
            loss.backward()
            optimiser.step()
            return loss.item()

        return step

    def step_for(turn):
        key = (turn["mode"], turn["batch"])
        if key not in trainings:
            trainings[key] = make(*key)
        step, batch = trainings[key], turn["batch"]
        state = {"order": torch.randperm(count), "next": 0}

        def once():
            if state["next"] + batch > count:
                state.update(order=torch.randperm(count), next=0)
            start = state["next"]
            state["next"] += batch
            return step(state["order"][start : start + batch])

        return once

    ready = {
        "modes": [
            "eager, foreach Adam",
            "eager, fused Adam",
            "compiled, fused Adam",
            "compiled with C++ wrapper, fused Adam",
        ],
        "parameters": sum(p.numel() for p in network().parameters()),
        "versions": {"torch": torch.__version__, "python": sys.version.split()[0]},
        "notes": [torch.backends.cpu.get_cpu_capability(), f"{torch.get_num_threads()} threads"],
    }
    return ready, step_for


serve(begin)
