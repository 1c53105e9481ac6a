"""The recipe `iwae`, and the same network on the ELBO, in PyTorch: the same images, layers, optimiser, rates and bound.

    python bench/peers/iwae.py digits --samples 50 --epochs 12

`digits` is a folder with IDX files: train-images-idx3-ubyte and t10k-images-idx3-ubyte, gzipped or not. Prints the bound
on ln p(x) of the test images by 5,000 samples each, negative, in nats per image, of pixels drawn once as 0 or 1.
"""
import argparse
import gzip
import math
import pathlib
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

MARGIN = 0.02


def images(folder, name):
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            data = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
            return torch.from_numpy(np.frombuffer(data, np.uint8, offset=16).reshape(-1, 784).copy()).float() / 255
    raise SystemExit(f"{folder}: has no {name}")


def linear(fan_in, units):
    layer = nn.Linear(fan_in, units)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def hidden(*sizes):
    pairs = zip(sizes, sizes[1:])
    return nn.Sequential(*[part for a, b in pairs for part in (linear(a, b), nn.Tanh())])


class Model(nn.Module):
    def __init__(self, mean, units=50):
        super().__init__()
        self.register_buffer("average", mean)
        self.encoder, self.mean, self.log_variance = hidden(784, 200, 200), linear(200, units), linear(200, units)
        self.decoder, self.output = hidden(units, 200, 200), linear(200, 784)
        with torch.no_grad():
            inside = mean.clamp(MARGIN, 1 - MARGIN)
            self.output.bias.copy_(torch.log(inside / (1 - inside)))

    def posterior(self, x):
        h = self.encoder(x - self.average)
        return self.mean(h), self.log_variance(h)

    def log_likelihood(self, x, z):
        logits = self.output(self.decoder(z))
        return -F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none").sum(-1)


def log_normal(z, mean, log_variance):
    return -0.5 * ((z - mean) ** 2 / log_variance.exp() + log_variance + math.log(2 * math.pi)).sum(-1)


def log_weights(model, x, samples, doubly=False):
    """ln w of each sample, [samples, n], and the samples."""
    mean, log_variance = model.posterior(x)
    z = mean + (0.5 * log_variance).exp() * torch.randn(samples, *mean.shape)
    of = (mean.detach(), log_variance.detach()) if doubly else (mean, log_variance)
    zero = torch.zeros(())
    return model.log_likelihood(x, z) + log_normal(z, zero, zero) - log_normal(z, *of), z


def loss_of(model, x, samples, doubly):
    if samples == 0:  # the ELBO with its KL divergence in closed form
        mean, log_variance = model.posterior(x)
        z = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
        kl = 0.5 * (mean**2 + log_variance.exp() - log_variance - 1).sum(-1)
        return (kl - model.log_likelihood(x, z)).mean()
    logs, z = log_weights(model, x, samples, doubly)
    if doubly:
        shares = logs.detach().softmax(0)
        # d ln w / dz comes with the share of the bound, and is multiplied by it once more.
        z.register_hook(lambda slope: slope * shares.unsqueeze(-1))
    return -(logs.logsumexp(0) - math.log(samples)).mean()


@torch.no_grad()
def nll(model, x, samples=5000, piece=500):
    total = 0.0
    for image in x:
        logs = torch.cat([log_weights(model, image[None], piece)[0] for _ in range(samples // piece)])
        total -= (logs.logsumexp(0) - math.log(samples)).item()
    return total / len(x)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--samples", type=int, default=50, help="codes for each image; 0: the ELBO")
    parser.add_argument("--gradient", choices=["standard", "doubly"], default="doubly")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--rate", type=float, default=0.001)
    parser.add_argument("--images", type=int, default=300, help="test images whose likelihood is measured")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    train = images(args.folder, "train-images-idx3-ubyte")
    test = images(args.folder, "t10k-images-idx3-ubyte")
    model = Model(train.mean(0))
    optimiser = torch.optim.Adam(model.parameters(), lr=args.rate, eps=1e-8)
    each = math.ceil(len(train) / args.batch)
    warmup, steps = round(0.5 * each), args.epochs * each
    step, start = 0, time.time()
    for epoch in range(args.epochs):
        total = 0.0
        for rows in torch.randperm(len(train)).split(args.batch):
            factor = (
                (step + 1) / (warmup + 1)
                if step < warmup
                else 0.5 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))
            )
            for group in optimiser.param_groups:
                group["lr"] = args.rate * factor
            optimiser.zero_grad()
            loss = loss_of(model, torch.bernoulli(train[rows]), args.samples, args.gradient == "doubly")
            loss.backward()
            optimiser.step()
            total, step = total + loss.item() * len(rows), step + 1
        print(f"epoch {epoch + 1}: {total / len(train):.2f}, {time.time() - start:.0f} s", flush=True)
    found = nll(model, torch.bernoulli(test[: args.images]))
    print(f"−ln p(x) ≤ {found:.2f} nats per image, {args.images} test images, {args.samples} codes in training")


main()
