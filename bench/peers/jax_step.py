"""The same training step in JAX: one jitted function, all state donated; the bench takes the fastest mode.

The same work: bytes gathered and scaled each step, dropout drawn each step, MAE, Adam 1e-3, the loss read.
"""
import os
import sys

os.environ.setdefault("JAX_PLATFORMS", "cpu")

from functools import partial

import numpy as np

from worker import serve

UNITS = [784, 512, 256, 128, 11, 128, 256, 512, 784]
KEEP = 0.8
# How the masks are drawn: the generator, and whether each takes 32 bits (jax.random.bernoulli) or 16, as ours.
MODES = {"threefry": ("threefry2x32", 32), "rbg": ("rbg", 32), "rbg, 16 bits": ("rbg", 16)}


def begin(setup):
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: setup["threads"]])
    import jax
    import jax.numpy as jnp

    rng = np.random.default_rng(setup["seed"])
    count = setup["images"]
    pixels = jnp.asarray(np.fromfile(setup["data"], dtype=np.uint8).reshape(count, 784))

    def parameters():
        def dense(fan_in, units):
            bound = (6 / (fan_in + units)) ** 0.5
            weight = rng.uniform(-bound, bound, (fan_in, units)).astype(np.float32)
            return jnp.asarray(weight), jnp.zeros(units, jnp.float32)

        return [dense(*sizes) for sizes in zip(UNITS, UNITS[1:])]

    def loss_of(params, x, key, bits):
        h = x
        for i, (weight, bias) in enumerate(params):
            h = jax.nn.relu(h @ weight + bias)
            if i < len(params) - 1:
                key, mine = jax.random.split(key)
                if bits == 16:
                    keep = jax.random.bits(mine, h.shape, jnp.uint16) < int(KEEP * 65536)
                else:
                    keep = jax.random.bernoulli(mine, KEEP, h.shape)
                h = jnp.where(keep, h / KEEP, 0)
        return jnp.abs(h - x).mean()

    @partial(jax.jit, donate_argnums=(0,), static_argnums=(3,))
    def step(state, pixels, indices, bits):
        params, mean, square, t, key = state
        key, mine = jax.random.split(key)
        x = pixels[indices].astype(jnp.float32) * (1 / 255)
        loss, grads = jax.value_and_grad(loss_of)(params, x, mine, bits)
        t = t + 1
        each = jax.tree.map
        mean = each(lambda m, g: 0.9 * m + 0.1 * g, mean, grads)
        square = each(lambda v, g: 0.999 * v + 0.001 * g * g, square, grads)
        root = jnp.sqrt(1 - 0.999**t)
        rate = 1e-3 * root / (1 - 0.9**t)
        params = each(
            lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-8 * root), params, mean, square
        )
        return (params, mean, square, t, key), loss

    states = {}

    def step_for(turn):
        mode, batch = turn["mode"], turn["batch"]
        generator, bits = MODES[mode]
        if (mode, batch) not in states:
            params, zeros = parameters(), lambda: [(w * 0, b * 0) for w, b in parameters()]
            key = jax.random.key(setup["seed"], impl=generator)
            states[mode, batch] = (params, zeros(), zeros(), jnp.float32(0), key)
        walk = {"order": rng.permutation(count).astype(np.int32), "next": 0}

        def once():
            if walk["next"] + batch > count:
                walk.update(order=rng.permutation(count).astype(np.int32), next=0)
            start = walk["next"]
            walk["next"] += batch
            indices = walk["order"][start : start + batch]
            states[mode, batch], loss = step(states[mode, batch], pixels, indices, bits)
            jax.block_until_ready(states[mode, batch])
            return float(loss)

        return once

    ready = {
        "modes": list(MODES),
        "parameters": sum(a.size for pair in parameters() for a in pair),
        "versions": {"jax": jax.__version__, "python": sys.version.split()[0]},
        "notes": [],
    }
    return ready, step_for


serve(begin)
