"""The same work in PyTorch, in several modes; the bench takes the fastest for each network and batch size.

The same steps: bytes gathered and scaled, noise and masks drawn, the loss, its gradients, Adam 1e-3, the loss read.
"""
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from worker import serve

STACKED = [784, 512, 256, 128, 11, 128, 256, 512, 784]


def plain(sizes, last, between):
    layers = []
    for i, (fan_in, units) in enumerate(zip(sizes, sizes[1:])):
        layers.append(nn.Linear(fan_in, units))
        layers += between() if i < len(sizes) - 2 else last
    return nn.Sequential(*layers)


class Dense(nn.Module):
    """`stacked`: dropout after each layer but the last, mean absolute error."""

    def __init__(self):
        super().__init__()
        self.net = plain(STACKED, [nn.ReLU()], lambda: [nn.ReLU(), nn.Dropout(0.2)])

    def forward(self, x):
        return (self.net(x) - x).abs().mean()


class Convolutional(nn.Module):
    def __init__(self):
        super().__init__()

        def conv(channels, out):
            return nn.Conv2d(channels, out, 3, padding=1)

        self.net = nn.Sequential(
            conv(1, 32), nn.ReLU(), nn.MaxPool2d(2), conv(32, 32), nn.ReLU(), nn.MaxPool2d(2),
            conv(32, 32), nn.ReLU(), nn.Upsample(scale_factor=2),
            conv(32, 32), nn.ReLU(), nn.Upsample(scale_factor=2), conv(32, 1),
        )
        self.sigma, self.channels_last = 0.4, False

    def forward(self, x):
        noisy = (x + self.sigma * torch.randn_like(x)).clamp_(0, 1).view(-1, 1, 28, 28)
        if self.channels_last:
            noisy = noisy.contiguous(memory_format=torch.channels_last)
        return F.binary_cross_entropy_with_logits(self.net(noisy).reshape(-1, 784), x)


class DenoisingConv(nn.Module):
    """`denoising-conv`: 5×5 convolutions of 64 maps, two of them transposed on the way back."""

    def __init__(self):
        super().__init__()

        def conv(channels, out):
            return nn.Conv2d(channels, out, 5, padding=2)

        def transposed():
            return nn.ConvTranspose2d(64, 64, 5, stride=2, padding=2, output_padding=1)

        def leaky():
            return nn.LeakyReLU(0.2)

        self.net = nn.Sequential(
            conv(1, 64), leaky(), conv(64, 64), leaky(), nn.MaxPool2d(2), conv(64, 64), leaky(), nn.MaxPool2d(2),
            conv(64, 64), leaky(), transposed(), leaky(), transposed(), leaky(), conv(64, 1),
        )
        self.sigma, self.channels_last = 0.5, False

    forward = Convolutional.forward


class Variational(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.mean, self.spread = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
        self.decoder = plain([20, 400, 784], [], lambda: [nn.GELU()])

    def forward(self, x):
        h = F.gelu(self.hidden(x))
        mean, spread = self.mean(h), self.spread(h)
        logits = self.decoder(mean + torch.randn_like(mean) * torch.exp(0.5 * spread))
        kl = -0.5 * (1 + spread - mean**2 - spread.exp()).sum()
        return (F.binary_cross_entropy_with_logits(logits, x, reduction="sum") + kl) / len(x)


class Contractive(nn.Module):
    """The exact penalty by the chain rule: ‖A W‖² of the widest layer as Σ (A (W Wᵀ)) ∘ A, as ours, or as it stands."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.ModuleList([nn.Linear(784, 256), nn.Linear(256, 256), nn.Linear(256, 64)])
        self.decoder = plain([64, 256, 256, 784], [nn.Sigmoid()], lambda: [nn.Sigmoid()])
        self.gram = True

    def forward(self, x):
        first, second, third = self.encoder
        a = torch.sigmoid(first(x))
        b = torch.sigmoid(second(a))
        h = torch.sigmoid(third(b))
        rows = (h * (1 - h))[:, :, None] * third.weight * (b * (1 - b))[:, None, :]
        rows = (rows @ second.weight) * (a * (1 - a))[:, None, :]
        if self.gram:
            squares = (rows @ (first.weight @ first.weight.T)) * rows
        else:
            squares = (rows @ first.weight) ** 2
        error = (self.decoder(h) - x) ** 2
        return (0.95 * error.sum() + 0.05 * squares.sum()) / len(x)


NETWORKS = {
    "dense": Dense,
    "convolutional": Convolutional,
    "variational": Variational,
    "contractive": Contractive,
    "denoising-conv": DenoisingConv,
}

MODES = {
    "eager, foreach Adam": {"fused": False},
    "eager, fused Adam": {},
    "compiled, fused Adam": {"compiled": {}},
    "compiled with C++ wrapper, fused Adam": {"compiled": {"cpp_wrapper": True}},
}
CHANNELS_LAST = {
    "channels last, fused Adam": {"channels_last": True},
    "channels last, compiled, fused Adam": {"channels_last": True, "compiled": {}},
}
MORE_MODES = {
    "convolutional": CHANNELS_LAST,
    "denoising-conv": CHANNELS_LAST,
    "contractive": {"eager, without the Gram matrix": {"gram": False}},
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

    return ["all at once", "500 at a time", "all at once, compiled", "500 at a time, compiled"], make, 0


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
        "modes": modes,
        "parameters": parameters,
        "versions": {"torch": torch.__version__, "python": sys.version.split()[0]},
        "notes": [torch.backends.cpu.get_cpu_capability(), f"{torch.get_num_threads()} threads"],
    }
    return ready, step_for


serve(begin)
