"""The bench's networks in PyTorch; each gives its loss on images [n, 784] in [0, 1]."""
import torch
from torch import nn
from torch.nn import functional as F

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
        rows = third.weight * (b * (1 - b))[:, None, :]
        rows = (rows @ second.weight) * (a * (1 - a))[:, None, :]
        if self.gram:
            squares = (rows @ (first.weight @ first.weight.T)) * rows
        else:
            squares = (rows @ first.weight) ** 2
        squares = squares.sum(2) * (h * (1 - h)) ** 2
        error = (self.decoder(h) - x) ** 2
        return (0.95 * error.sum() + 0.05 * squares.sum()) / len(x)


NETWORKS = {
    "dense": Dense,
    "convolutional": Convolutional,
    "variational": Variational,
    "contractive": Contractive,
    "denoising-conv": DenoisingConv,
}
