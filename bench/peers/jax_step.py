"""The same work in JAX: one jitted function, all state donated; the bench takes the fastest mode.

The same steps: bytes gathered and scaled, noise and masks drawn, the loss, its gradients, Adam 1e-3, the loss read.
"""
import os
import sys

os.environ.setdefault("JAX_PLATFORMS", "cpu")

from functools import partial

import numpy as np

from worker import serve

STACKED = [784, 512, 256, 128, 11, 128, 256, 512, 784]
KEEP = 0.8
USES = ("encoding", "decoding", "scoring")
# How random numbers are drawn: the generator, and whether a mask takes 32 bits (jax.random.bernoulli) or 16, as ours.
MODES = {"threefry": ("threefry2x32", 32), "rbg": ("rbg", 32), "rbg, 16 bits": ("rbg", 16)}


def begin(setup):
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: setup["threads"]])
    import jax
    import jax.numpy as jnp
    from jax import lax

    rng = np.random.default_rng(setup["seed"])
    count, name = setup["images"], setup["network"]
    pixels = jnp.asarray(np.fromfile(setup["data"], dtype=np.uint8).reshape(count, 784))
    relu, sigmoid, gelu = jax.nn.relu, jax.nn.sigmoid, partial(jax.nn.gelu, approximate=False)

    def uniform(shape, fan):
        bound = (6 / fan) ** 0.5
        return jnp.asarray(rng.uniform(-bound, bound, shape).astype(np.float32))

    def dense(*sizes):
        return [(uniform(pair, sum(pair)), jnp.zeros(pair[1], jnp.float32)) for pair in zip(sizes, sizes[1:])]

    def conv(kernel, *channels):
        return [
            (uniform((kernel, kernel, a, b), kernel**2 * (a + b)), jnp.zeros(b, jnp.float32))
            for a, b in zip(channels, channels[1:])
        ]

    def cross_entropy(logits, x):
        return jnp.maximum(logits, 0) - logits * x + jnp.log1p(jnp.exp(-jnp.abs(logits)))

    def stacked_loss(params, x, key, bits):
        h = x
        for i, (weight, bias) in enumerate(params):
            h = relu(h @ weight + bias)
            if i < len(params) - 1:
                key, mine = jax.random.split(key)
                if bits == 16:
                    keep = jax.random.bits(mine, h.shape, jnp.uint16) < int(KEEP * 65536)
                else:
                    keep = jax.random.bernoulli(mine, KEEP, h.shape)
                h = jnp.where(keep, h / KEEP, 0)
        return jnp.abs(h - x).mean()

    maps = {"dimension_numbers": ("NHWC", "HWIO", "NHWC")}

    def apply(h, layer):
        return lax.conv_general_dilated(h, layer[0], (1, 1), "SAME", **maps) + layer[1]

    def transposed(h, layer):
        return lax.conv_transpose(h, layer[0], (2, 2), "SAME", **maps) + layer[1]

    def pool(h):
        return lax.reduce_window(h, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")

    def noisy(x, key, sigma):
        return jnp.clip(x + sigma * jax.random.normal(key, x.shape), 0, 1).reshape(-1, 28, 28, 1)

    def conv_loss(params, x, key, _):
        def up(h):
            return h.repeat(2, axis=1).repeat(2, axis=2)

        h = noisy(x, key, 0.4)
        h = pool(relu(apply(h, params[0])))
        h = pool(relu(apply(h, params[1])))
        h = up(relu(apply(h, params[2])))
        h = up(relu(apply(h, params[3])))
        return cross_entropy(apply(h, params[4]).reshape(-1, 784), x).mean()

    def denoising_loss(params, x, key, _):
        leaky = partial(jax.nn.leaky_relu, negative_slope=0.2)
        h = leaky(apply(noisy(x, key, 0.5), params[0]))
        h = pool(leaky(apply(h, params[1])))
        h = pool(leaky(apply(h, params[2])))
        h = leaky(apply(h, params[3]))
        h = leaky(transposed(h, params[4]))
        h = leaky(transposed(h, params[5]))
        return cross_entropy(apply(h, params[6]).reshape(-1, 784), x).mean()

    def vae_loss(params, x, key, _):
        (w, b), (wm, bm), (ws, bs), (wd, bd), (wo, bo) = params
        h = gelu(x @ w + b)
        mean, spread = h @ wm + bm, h @ ws + bs
        z = mean + jax.random.normal(key, mean.shape) * jnp.exp(0.5 * spread)
        logits = gelu(z @ wd + bd) @ wo + bo
        kl = -0.5 * (1 + spread - mean**2 - jnp.exp(spread)).sum()
        return (cross_entropy(logits, x).sum() + kl) / len(x)

    def contractive_loss(params, x, _key, bits):
        encoder, decoder = params[:3], params[3:]
        h, outputs = x, []
        for weight, bias in encoder:
            h = sigmoid(h @ weight + bias)
            outputs.append(h)
        a, b, code = outputs
        (w1, _), (w2, _), (w3, _) = encoder
        rows = w3.T * (b * (1 - b))[:, None, :]
        rows = (rows @ w2.T) * (a * (1 - a))[:, None, :]
        # With the Gram matrix, as ours, or as it stands.
        squares = (rows @ (w1.T @ w1)) * rows if bits == 1 else (rows @ w1.T) ** 2
        squares = squares.sum(2) * (code * (1 - code)) ** 2
        for weight, bias in decoder:
            h = sigmoid(h @ weight + bias)
        return (0.95 * ((h - x) ** 2).sum() + 0.05 * squares.sum()) / len(x)

    def vae_parameters():
        return dense(784, 400) + dense(400, 20) + dense(400, 20) + dense(20, 400, 784)

    rbg = {mode: how for mode, how in MODES.items() if mode != "rbg, 16 bits"}
    parameters, loss_of, modes = {
        "dense": (lambda: dense(*STACKED), stacked_loss, MODES),
        **{use: (lambda: dense(*STACKED), None, {"jitted": ("rbg", 0)}) for use in USES},
        "convolutional": (lambda: conv(3, 1, 32, 32, 32, 32, 1), conv_loss, rbg),
        "denoising-conv": (lambda: conv(5, 1, 64, 64, 64, 64, 64, 64, 1), denoising_loss, rbg),
        "variational": (vae_parameters, vae_loss, rbg),
        "contractive": (
            lambda: dense(784, 256, 256, 64, 256, 256, 784),
            contractive_loss,
            {"with the Gram matrix": ("rbg", 1), "without": ("rbg", 0)},
        ),
    }[name]

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

    def scaled(images):
        return images.astype(jnp.float32) * (1 / 255)

    def through(h, layers):
        for weight, bias in layers:
            h = relu(h @ weight + bias)
        return h

    def score(params, images):
        x = scaled(images)
        out = through(x, params)
        difference = jnp.abs(x - out)
        return out, difference, (difference**2).mean(1)

    uses = {
        "encoding": jax.jit(lambda params, images: through(scaled(images), params[:4])),
        "decoding": jax.jit(lambda params, codes: through(codes, params[4:])),
        "scoring": jax.jit(score),
    }
    states = {}

    def step_for(turn):
        mode, batch = turn["mode"], turn["batch"]
        generator, bits = modes[mode]
        if (mode, batch) not in states:
            params = parameters()
            zeros = lambda: [(w * 0, b * 0) for w, b in params]
            key = jax.random.key(setup["seed"], impl=generator)
            states[mode, batch] = (params, zeros(), zeros(), jnp.float32(0), key)
        if name in USES:
            params = states[mode, batch][0]
            codes = jnp.asarray(rng.uniform(0, 1, (batch, 11)).astype(np.float32))
            given = codes if name == "decoding" else pixels[np.arange(batch) % count]

            def use_once():
                jax.block_until_ready(uses[name](params, given))
                return 0.0

            return use_once
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
        "modes": list(modes),
        "parameters": 0 if name in USES else sum(a.size for pair in parameters() for a in pair),
        "versions": {"jax": jax.__version__, "python": sys.version.split()[0]},
        "notes": [],
    }
    return ready, step_for


serve(begin)
