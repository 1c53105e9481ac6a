"""The recipe `vq` with any number of codebook vectors, in PyTorch: the same network, loss, optimiser, rate and codebook.

    python bench/peers/vq.py /usr/share/datasets/fashion-mnist --entries 512 --epochs 10

Prints the squared error per pixel on the test images, and the share of the codebook's vectors that they use.
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


def images(folder, name):
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            data = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
            return torch.from_numpy(np.frombuffer(data, np.uint8, offset=16).reshape(-1, 784).copy()).float() / 255
    raise SystemExit(f"{folder}: has no {name}")


def mlp(sizes):
    layers = []
    for fan_in, units in zip(sizes, sizes[1:]):
        layers += [nn.Linear(fan_in, units), nn.ELU()]
    net = nn.Sequential(*layers[:-1])
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return net


class Codebook(nn.Module):
    """An exponential moving average of what chose each vector; vectors out of use begin again with vectors of the batch."""

    def __init__(self, entries, width, decay, restart_below):
        super().__init__()
        self.decay, self.restart_below = decay, restart_below
        self.register_buffer("book", torch.zeros(entries, width))
        self.register_buffer("use", torch.zeros(entries))

    def nearest(self, x):
        return (self.book.square().sum(1) - 2 * x @ self.book.T).argmin(1)

    @torch.no_grad()
    def start(self, x, passes=12):
        """k-means from k-means++ starts."""
        k = len(self.book)
        centres = x[torch.randint(len(x), (1,))]
        while len(centres) < k:
            apart = torch.cdist(x, centres).min(1).values.square()
            centres = torch.cat([centres, x[torch.multinomial(apart, 1)]])
        for _ in range(passes):
            chosen = torch.cdist(x, centres).argmin(1)
            one = F.one_hot(chosen, k).float()
            counts = one.sum(0)
            centres = torch.where(counts[:, None] > 0, one.T @ x / counts[:, None].clamp(min=1), centres)
        self.book.copy_(centres)
        self.use.copy_(counts / len(x))

    @torch.no_grad()
    def learn(self, x):
        entries = len(self.book)
        out = self.use < self.restart_below / entries
        taken = x[torch.randint(len(x), (entries,))]
        self.book.copy_(torch.where(out[:, None], taken, self.book))
        self.use.copy_(torch.where(out, 1 / entries, self.use))
        one = F.one_hot(self.nearest(x), entries).float()
        before = self.use * self.decay
        after = before + one.mean(0) * (1 - self.decay)
        moved = (self.book * before[:, None] + one.T @ x * ((1 - self.decay) / len(x))) / after[:, None]
        return moved, after


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--entries", type=int, default=512)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--train", type=int, default=55_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    train = images(args.data, "train-images-idx3-ubyte")[: args.train]
    test = images(args.data, "t10k-images-idx3-ubyte")
    width, units, batch = 4, 64, 64
    encoder, decoder = mlp([784, 512, 128, units]), mlp([units, 128, 512, 784])
    codebook = Codebook(args.entries, width, 0.99, 0.1)
    parameters = [*encoder.parameters(), *decoder.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=0.002)
    per_epoch = math.ceil(len(train) / batch)
    warmup, steps = round(0.5 * per_epoch), args.epochs * per_epoch
    began, step = time.perf_counter(), 0
    for _ in range(args.epochs):
        for rows in torch.randperm(len(train)).split(batch):
            x = train[rows]
            h = encoder(x)
            vectors = h.reshape(-1, width)
            if step == 0:
                codebook.start(vectors.detach())
            # The codebook of this step is the one before it, with the restarts; what it learns is for the next.
            moved, after = codebook.learn(vectors.detach())
            chosen = codebook.book[codebook.nearest(vectors.detach())].reshape(h.shape)
            loss = F.binary_cross_entropy_with_logits(decoder(h + (chosen - h).detach()), x, reduction="sum") / len(x)
            loss = loss + 0.25 * (h - chosen).square().sum(1).mean()
            rate = (step + 1) / (warmup + 1) if step < warmup else 0.5 * (
                1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))
            for group in optimiser.param_groups:
                group["lr"] = 0.002 * rate
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            codebook.book.copy_(moved)
            codebook.use.copy_(after)
            step += 1
    with torch.no_grad():
        index = codebook.nearest(encoder(test).reshape(-1, width))
        made = torch.sigmoid(decoder(codebook.book[index].reshape(len(test), units)))
        mse = (made - test).square().mean().item()
    share = index.bincount(minlength=args.entries).float() / len(index)
    entropy = -(share[share > 0] * share[share > 0].log()).sum().item()
    print(f"MSE {mse:.6f}  in use {(share > 0).float().mean().item():.4f}  perplexity {math.exp(entropy):.1f}  "
          f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
