"""The same work in PyTorch, in several modes; the bench takes the fastest for each network and batch size.

The same steps: bytes gathered and scaled, noise and masks drawn, the loss, its gradients, Adam 1e-3, the loss read.
"""
import sys

import numpy as np
import torch
from torch import nn

from pytorch_networks import NETWORKS, Dense
from worker import serve

MODES = {
    "eager, foreach Adam": {"fused": False},
    "eager, fused Adam": {},
    "compiled, fused Adam": {"compiled": {}},
    "compiled with C++ wrapper, fused Adam": {"compiled": {"cpp_wrapper": True}},
}
# The bench starts modes of this name with the C library told to keep memory: ../programs.ts.
KEPT = {"eager, fused Adam, memory kept": {}}
CHANNELS_LAST = {
    **KEPT,
    "channels last, fused Adam": {"channels_last": True},
    "channels last, fused Adam, memory kept": {"channels_last": True},
    "channels last, compiled, fused Adam": {"channels_last": True, "compiled": {}},
}
MORE_MODES = {
    "convolutional": CHANNELS_LAST,
    "denoising-conv": CHANNELS_LAST,
    "contractive": {**KEPT, "eager, without the Gram matrix": {"gram": False}},
}


def initialise(module):
    if isinstance(module, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)


def training(name, pixels):
    modes = MODES | MORE_MODES.get(name, {})

    def make(mode, _):
        settings = modes[mode]
        model = NETWORKS[name]().apply(initialise).train()
        if settings.get("channels_last"):
            model.channels_last = True
            model = model.to(memory_format=torch.channels_last)
        if "gram" in settings:
            model.gram = settings["gram"]
        fused = settings.get("fused", True)
        optimiser = torch.optim.Adam(
            model.parameters(), lr=1e-3, fused=fused or None, foreach=None if fused else True
        )

        def loss_of(indices):
            return model(pixels[indices].to(torch.float32).mul_(1 / 255))

        if "compiled" in settings:
            loss_of = torch.compile(loss_of, dynamic=False, options=settings["compiled"])

        def step(indices):
            optimiser.zero_grad(set_to_none=True)
            loss = loss_of(indices)
            loss.backward()
            optimiser.step()
            return loss.item()

        return step

    return list(modes), make, sum(p.numel() for p in NETWORKS[name]().parameters())


def encoder_and_decoder():
    layers = list(Dense().net.eval())
    code = 3 * 3 + 2
    return nn.Sequential(*layers[:code]), nn.Sequential(*layers[code:])


def using(name, pixels):
    """The use of a model: `work` is done on a part of what it is given, all of it or 500 at a time."""

    def make(mode, batch):
        encoder, decoder = encoder_and_decoder()
        if "compiled" in mode:
            encoder, decoder = torch.compile(encoder), torch.compile(decoder)

        def scaled(part):
            return part.to(torch.float32).mul_(1 / 255)

        def score(part):
            x = scaled(part)
            out = decoder(encoder(x))
            difference = (x - out).abs_()
            return out, difference, difference.square().mean(1)

        images = pixels[torch.arange(batch) % len(pixels)]
        work, given = {
            "encoding": (lambda part: (encoder(scaled(part)),), images),
            "decoding": (lambda part: (decoder(part),), torch.rand(batch, 11)),
            "scoring": (score, images),
        }[name]
        rows = batch if "at once" in mode else 500

        def step(_):
            with torch.inference_mode():
                parts = [work(part) for part in given.split(rows)]
                [torch.cat(of) for of in zip(*parts)]
            return 0.0

        return step

    kept = ["all at once, memory kept", "500 at a time, memory kept"]
    return ["all at once", "500 at a time", "all at once, compiled", "500 at a time, compiled", *kept], make, 0


def begin(setup):
    torch.manual_seed(setup["seed"])
    torch.set_num_threads(setup["threads"])
    torch.set_flush_denormal(True)
    count = setup["images"]
    pixels = torch.from_numpy(np.fromfile(setup["data"], dtype=np.uint8).reshape(count, 784))
    name = setup["network"]
    modes, make, parameters = training(name, pixels) if name in NETWORKS else using(name, pixels)
    made = {}

    def step_for(turn):
        key = (turn["mode"], turn["batch"])
        if key not in made:
            made[key] = make(*key)
        step, batch = made[key], turn["batch"]
        state = {"order": torch.randperm(count), "next": 0}

        def once():
            if batch > count:
                return step(None)
            if state["next"] + batch > count:
                state.update(order=torch.randperm(count), next=0)
            start = state["next"]
            state["next"] += batch
            return step(state["order"][start : start + batch])

        return once

    ready = {
        "modes": [mode for mode in modes if not (setup["quick"] and "compiled" in mode)],
        "parameters": parameters,
        "versions": {"torch": torch.__version__, "python": sys.version.split()[0]},
        "notes": [torch.backends.cpu.get_cpu_capability(), f"{torch.get_num_threads()} threads"],
    }
    return ready, step_for


serve(begin)
