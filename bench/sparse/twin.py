"""The PyTorch twin of a sparse code, and the judge of both, on a world whose features are known (bench/sparse/world.js).

    python bench/sparse/twin.py train <folder> <recipe.json of a run> <out>     trains the same code in PyTorch, writes SAELens' files
    python bench/sparse/twin.py judge <folder> <export> [<export> …]            figures of models in SAELens' files

The twin takes code, batch size, epochs, learning rate and the cosine from the recipe of a run of hourglass, draws its own first
weights and order, and splits nothing off: it trains on all of world/train.npy but the twelfth that hourglass validates on.

judge: with scipy's assignment each of the true features has one unit of the code, so that the sum of the correlations of their
strengths over the test rows is largest. Its mean is over the features that are there in at least 8 of the test rows.
"""
import json
import math
import os
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file

torch.set_num_threads(int(os.environ.get("THREADS", "1")))


class Code(torch.nn.Module):
    def __init__(self, width, code, generator):
        super().__init__()
        self.code = code
        start = torch.randn(code["units"], width, generator=generator) / math.sqrt(width)
        self.E = torch.nn.Parameter(start.clone())
        self.D = torch.nn.Parameter(start.clone())
        self.c = torch.nn.Parameter(torch.zeros(code["units"]))
        self.b = torch.nn.Parameter(torch.zeros(width))
        if code["type"] == "jumprelu":
            self.log_threshold = torch.nn.Parameter(torch.full((code["units"],), math.log(code["threshold"])))
        self.register_buffer("threshold", torch.tensor(-1.0))
        self.register_buffer("idle", torch.zeros(code["units"]))

    def directions(self):
        return self.D / self.D.norm(dim=1, keepdim=True)

    def loss(self, x, l0_weight):
        code, kind = self.code, self.code["type"]
        directions = self.directions()
        h = (x - self.b) @ self.E.T + self.c
        extra = 0.0
        if kind == "topk":
            values, places = h.topk(code["k"], dim=1)
            f = torch.zeros_like(h).scatter(1, places, values.relu())
        elif kind == "jumprelu":
            theta, half = self.log_threshold.exp(), code["bandwidth"] / 2
            above, near = (h > theta).float(), ((h - theta).abs() < half).float()
            step = (theta.detach() - theta) / code["bandwidth"] * near
            f = h * above + step * theta.detach()
            extra = l0_weight * (above + step).sum(1).mean()
        else:
            flat = h.relu().flatten()
            least = flat.topk(code["k"] * len(x)).values[-1].detach()
            f = torch.where(h >= least, h.relu(), torch.zeros(()))
            with torch.no_grad():
                m = code["momentum"]
                self.threshold.copy_(least if self.threshold < 0 else self.threshold * m + least * (1 - m))
        error = x - f @ directions - self.b
        loss = error.square().sum(1).mean() + extra
        if kind == "matryoshka":
            units = code["units"]
            for end in code.get("prefixes") or [units // 16, units // 8, units // 4, units // 2]:
                loss = loss + (x - f[:, :end] @ directions[:end] - self.b).square().sum(1).mean()
        with torch.no_grad():
            self.idle = torch.where(f.detach().sum(0) > 0, 0.0, self.idle + 1)
            dead = (self.idle > code["revival"]["after"]).nonzero()[:, 0]
            dead = dead[torch.randperm(len(dead))[:256]]
        if len(dead) > 0:
            own = ((x - self.b).detach() @ self.E[dead].T + self.c[dead]).relu()
            k = min(len(dead), round(x.shape[1] / 2))
            values, places = own.topk(k, dim=1)
            chosen = torch.zeros_like(own).scatter(1, places, values)
            rest = error.detach() - chosen @ directions[dead]
            loss = loss + code["revival"]["weight"] * rest.square().sum(1).mean()
        return loss


def train(folder, recipe, out):
    with open(recipe) as file:
        recipe = json.load(file)
    code, settings = recipe["model"]["code"], recipe["training"]
    x = np.load(f"{folder}/world/train.npy")
    seed = int(os.environ.get("SEED", "1"))
    rng = np.random.default_rng(seed)
    x = x[rng.permutation(len(x))[: len(x) - round(len(x) / 12)]]
    scale = np.linalg.norm(x, axis=1).mean() / math.sqrt(x.shape[1])
    x = torch.from_numpy(x / scale)
    torch.manual_seed(seed)
    model = Code(x.shape[1], code, torch.Generator().manual_seed(seed))
    with torch.no_grad():
        model.b.copy_(x.mean(0))
    optimiser = torch.optim.Adam(model.parameters(), lr=settings["optimiser"]["learningRate"], eps=settings["optimiser"].get("epsilon", 1e-8))
    size, epochs = settings["batchSize"], settings["epochs"]
    per_epoch = math.ceil(len(x) / size)
    total = epochs * per_epoch
    warmup = code.get("l0", {}).get("warmup", 0) * per_epoch
    step = 0
    for epoch in range(epochs):
        order = torch.randperm(len(x))
        for start in range(0, len(x), size):
            for group in optimiser.param_groups:
                group["lr"] = settings["optimiser"]["learningRate"] * (1 + math.cos(math.pi * step / total)) / 2
            weight = code.get("l0", {}).get("weight", 0) * (min(1, step / warmup) if warmup else 1)
            optimiser.zero_grad(set_to_none=True)
            loss = model.loss(x[order[start : start + size]], weight)
            loss.backward()
            optimiser.step()
            step += 1
        print(f"epoch {epoch + 1}/{epochs} loss {loss.item():.3f}", flush=True)
    os.makedirs(out, exist_ok=True)
    with torch.no_grad():
        tensors = {
            "W_enc": (model.E.T / scale).contiguous(),
            "b_enc": model.c,
            "W_dec": model.directions() * scale,
            "b_dec": model.b * scale,
        }
        if code["type"] == "jumprelu":
            tensors["threshold"] = model.log_threshold.exp()
        elif code["type"] != "topk":
            tensors["threshold"] = torch.full((code["units"],), max(0.0, model.threshold.item()))
        save_file({name: value.detach().clone().float() for name, value in tensors.items()}, f"{out}/sae_weights.safetensors")
    config = {"architecture": "topk" if code["type"] == "topk" else "jumprelu", "apply_b_dec_to_input": True, "k": code.get("k")}
    with open(f"{out}/cfg.json", "w") as file:
        json.dump(config, file)


def judge(folder, *models):
    from scipy.optimize import linear_sum_assignment

    x = torch.from_numpy(np.load(f"{folder}/world/test.npy"))
    features = torch.from_numpy(np.load(f"{folder}/features.npy"))
    there = (features > 0).sum(0) >= 8
    truth = features[:, there]
    truth = (truth - truth.mean(0)) / truth.std(0, correction=0)
    for model in models:
        with open(f"{model}/cfg.json") as file:
            config = json.load(file)
        w = load_file(f"{model}/sae_weights.safetensors")
        h = (x - w["b_dec"]) @ w["W_enc"] + w["b_enc"]
        if config["architecture"] == "topk":
            values, places = h.topk(config["k"], dim=1)
            f = torch.zeros_like(h).scatter(1, places, values.relu())
        else:
            f = h.relu() * (h > w["threshold"])
        made = f @ w["W_dec"] + w["b_dec"]
        explained = 1 - (x - made).square().sum() / (x - x.mean(0)).square().sum()
        fires = f > 0
        alive = fires.any(0)
        own = (f[:, alive] - f[:, alive].mean(0)) / f[:, alive].std(0, correction=0).clamp(min=1e-12)
        correlation = (truth.T @ own / len(x)).numpy()
        rows, columns = linear_sum_assignment(-correlation)
        frequency = fires.float().mean(0)
        print(
            f"{model}: correlation {correlation[rows, columns].sum() / correlation.shape[0]:.4f} of {correlation.shape[0]} features, "
            f"explained {explained.item():.4f}, L0 {fires.float().sum(1).mean().item():.2f}, "
            f"cosine {torch.nn.functional.cosine_similarity(x, made).mean().item():.4f}, "
            f"dead {1 - alive.float().mean().item():.4f}, dense {(frequency > 0.1).float().mean().item():.4f}"
        )


{"train": train, "judge": judge}[sys.argv[1]](*sys.argv[2:])
