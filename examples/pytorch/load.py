"""A model that hourglass trained, as a PyTorch module: of its weights and the recipe in their metadata.

    from load import load
    model = load("model/weights.safetensors")
    code = model.encode(images)          # float32 [n, channels, height, width] in [0, 1] -> [n, units]
    images = model.decode(code)
    model.encode_gaussian(images)        # of a variational code: mean and log variance

    python load.py model/weights.safetensors        prints the module

Needs torch and safetensors. Layers have the same names as in the file. hourglass keeps a dense weight as [in, out]
(y = x W + b) and PyTorch as [out, in], so those are transposed; convolutions are [out, in, height, width] and transposed
ones [in, out, height, width] in both.
"""

import json
import sys

import torch
from safetensors import safe_open
from torch import nn
from torch.nn import functional as F

ACTIVATIONS = {
    "identity": lambda x, slope: x,
    "relu": lambda x, slope: F.relu(x),
    "leakyRelu": lambda x, slope: F.leaky_relu(x, slope),
    "relu6": lambda x, slope: F.relu6(x),
    "elu": lambda x, slope: F.elu(x),
    "gelu": lambda x, slope: F.gelu(x),
    "sigmoid": lambda x, slope: torch.sigmoid(x),
    "tanh": lambda x, slope: torch.tanh(x),
    "softplus": lambda x, slope: F.softplus(x, threshold=1e9),
}


class Activation(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.name = layer.get("activation", "identity")
        self.slope = layer.get("slope", 0.01)

    def forward(self, x):
        return ACTIVATIONS[self.name](x, self.slope)

    def extra_repr(self):
        return self.name


class Conv(nn.Module):
    """With padding 'same' as TensorFlow has it: where the total is odd, the bottom right has one more."""

    def __init__(self, channels_in, channels, kernel, stride=1, padding="same", bias=True):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels, kernel, stride, bias=bias)
        self.padding = padding

    def around(self, length):
        kernel, stride = self.conv.kernel_size[0], self.conv.stride[0]
        if self.padding == "valid":
            return 0, 0
        if self.padding != "same":
            return self.padding, self.padding
        total = max(0, (-(-length // stride) - 1) * stride + kernel - length)
        return total // 2, total - total // 2

    def forward(self, x):
        height, width = x.shape[-2:]
        return self.conv(F.pad(x, (*self.around(width), *self.around(height))))


class ConvTranspose(nn.Module):
    """What a Conv of the same settings makes smaller, made as large again: the whole result, cropped."""

    def __init__(self, channels_in, channels, kernel, stride=1, padding="same", bias=True):
        super().__init__()
        more = max(0, stride - kernel) if padding == "same" else 0
        self.conv = nn.ConvTranspose2d(channels_in, channels, kernel, stride, output_padding=more, bias=bias)
        total = max(0, kernel - stride) if padding == "same" else 2 * (0 if padding == "valid" else padding)
        self.before, self.after = total // 2, total - total // 2

    def forward(self, x):
        y = self.conv(x)
        height, width = y.shape[-2:]
        return y[..., self.before : height - self.after, self.before : width - self.after]


class Reshape(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(-1, *self.shape)

    def extra_repr(self):
        return str(self.shape)


class Tied(nn.Module):
    """A dense layer with another one's weight, transposed, and a bias of its own."""

    def __init__(self, other, units, bias):
        super().__init__()
        self.other = [other]  # In a list: it is the other's parameter, not this one's.
        self.bias = nn.Parameter(torch.zeros(units)) if bias else None

    def forward(self, x):
        return F.linear(x, self.other[0].weight.T, self.bias)


class Centre(nn.Module):
    """Subtracts the mean of the training images."""

    def __init__(self, pixels):
        super().__init__()
        self.register_buffer("running_mean", torch.zeros(pixels))

    def forward(self, images):
        return images - self.running_mean.reshape(images.shape[1:])


class Stack:
    """Layers as a recipe lists them, with the shape of one image's data as it goes through."""

    def __init__(self, shape, tied=()):
        self.shape, self.tied = list(shape), list(tied)
        self.modules, self.places, self.seen = [], {}, {}

    def add(self, module, place=None):
        if place is not None:
            self.places[place] = module
        self.modules.append(module)

    def dense(self, units, bias, place):
        tied = self.tied.pop(0) if self.tied else None
        module = nn.Linear(self.shape[0], units, bias=bias) if tied is None else Tied(tied, units, bias)
        self.add(module, place)
        self.shape = [units]

    def maps(self, layer, place):
        kind = Conv if layer["type"] == "conv" else ConvTranspose
        keys = ("channels", "kernel", "stride", "padding", "bias")
        module = kind(self.shape[0], *(layer[key] for key in keys if key in layer))
        self.add(module, None)
        self.places[place] = module.conv
        self.measure(module)

    def measure(self, module):
        with torch.no_grad():
            self.shape = list(module(torch.zeros(1, *self.shape)).shape[1:])

    def layers(self, layers):
        for layer in layers:
            kind = layer["type"]
            self.seen[kind] = self.seen.get(kind, 0) + 1
            place = f"{kind}{self.seen[kind]}"
            if kind == "dense":
                self.dense(layer["units"], layer["bias"], place)
                self.add(Activation(layer))
            elif kind in ("conv", "convTranspose"):
                self.maps(layer, place)
                self.add(Activation(layer))
            elif kind == "activation":
                self.add(Activation(layer))
            elif kind == "batchNorm":
                norm = nn.BatchNorm1d if len(self.shape) == 1 else nn.BatchNorm2d
                # PyTorch's momentum is how much of the running values a step replaces.
                self.add(norm(self.shape[0], layer["epsilon"], 1 - layer["momentum"]), place)
            elif kind == "dropout":
                self.add(nn.Dropout(layer["rate"]))
            elif kind == "maxPool":
                self.add(nn.MaxPool2d(layer["size"]))
                self.measure(self.modules[-1])
            elif kind == "upsample":
                self.add(nn.Upsample(scale_factor=layer["factor"], mode="nearest"))
                self.measure(self.modules[-1])
            elif kind == "flatten":
                self.add(nn.Flatten())
                self.measure(self.modules[-1])
            elif kind == "reshape":
                self.add(Reshape(layer["shape"]))
                self.shape = list(layer["shape"])
            else:
                raise ValueError(f"this script does not know layers of type {kind!r}")
        return self


def starts_with_maps(layers):
    first = next((one for one in layers if one["type"] not in ("dropout", "activation", "batchNorm")), None)
    return first is not None and first["type"] not in ("dense", "reshape")


class Autoencoder(nn.Module):
    def __init__(self, config, image):
        super().__init__()
        self.image = [image["channels"], image["height"], image["width"]]
        pixels = self.image[0] * self.image[1] * self.image[2]
        code, output = config["code"], config["output"]
        self.maps_in = starts_with_maps(config["encoder"])
        encoder = Stack(self.image if self.maps_in else [pixels])
        if config.get("centre"):
            encoder.add(Centre(pixels), "centre")
        encoder.layers(config["encoder"])
        self.encoder = nn.Sequential(*encoder.modules)
        self.code_type, self.code_activation = code["type"], Activation(code)
        self.code_dropout = nn.Dropout(code.get("dropout", 0))
        places = {f"encoder.{place}": module for place, module in encoder.places.items()}
        if code["type"] == "dense":
            self.code = places["encoder.code"] = nn.Linear(encoder.shape[0], code["units"], bias=code["bias"])
        elif code["type"] == "gaussian":
            self.mean = places["encoder.code.mean"] = nn.Linear(encoder.shape[0], code["units"])
            self.log_variance = places["encoder.code.logVariance"] = nn.Linear(encoder.shape[0], code["units"])
        self.code_shape = encoder.shape if code["type"] == "maps" else [code["units"]]
        # Tied: the decoder's dense layers have the encoder's weights, from the code back to the first layer.
        tied = []
        if config["tied"]:
            tied = [self.code] + [one for one in reversed(encoder.modules) if isinstance(one, nn.Linear)]
        decoder = Stack(self.code_shape, tied).layers(config["decoder"])
        if output["type"] == "dense":
            decoder.dense(pixels, output["bias"], "output")
        else:
            same = {**output, "channels": self.image[0], "stride": 1, "padding": "same"}
            decoder.maps(same, "output")
        decoder.add(Activation(output))
        self.decoder = nn.Sequential(*decoder.modules)
        self.places = {**places, **{f"decoder.{place}": module for place, module in decoder.places.items()}}

    def features(self, images):
        return self.encoder(images.reshape(-1, *self.image) if self.maps_in else images.flatten(1))

    def encode_gaussian(self, images):
        h = self.features(images)
        return self.mean(h), self.log_variance(h)

    def encode(self, images):
        """Codes [n, units]; of a variational code the mean."""
        h = self.features(images)
        if self.code_type == "gaussian":
            return self.mean(h)
        if self.code_type == "dense":
            h = self.code_activation(self.code(h))
        return self.code_dropout(h).flatten(1)

    def decode(self, codes):
        return self.decoder(codes.reshape(-1, *self.code_shape)).reshape(-1, *self.image)

    def sample(self, count):
        """Of a variational model: draws from the prior, decoded."""
        return self.decode(torch.randn(count, *self.code_shape))

    def forward(self, images):
        return self.decode(self.encode(images))


# What a tensor is called in the file, and in PyTorch.
NAMES = {"weight": "weight", "bias": "bias", "scale": "weight", "shift": "bias",
         "mean": "running_mean", "variance": "running_var"}  # fmt: skip


def load(path):
    """The module in evaluation mode. Every tensor of the file must have its place, and every place its tensor."""
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    model = Autoencoder(json.loads(metadata["configuration"])["model"], json.loads(metadata["image"]))
    tensors.pop("loss.logVariance", None)  # Of a learned sigma: a part of the loss, not of the model.
    wanted = {id(one) for one in model.parameters()}
    with torch.no_grad():
        for name, tensor in tensors.items():
            place, kind = name.rsplit(".", 1)
            target = getattr(model.places[place], NAMES[kind])
            transposed = isinstance(model.places[place], nn.Linear) and kind == "weight"
            target.copy_(tensor.T if transposed else tensor)
            wanted.discard(id(target))
    if wanted:
        raise ValueError(f"{path} lacks {len(wanted)} of the model's tensors")
    return model.eval()


if __name__ == "__main__":
    print(load(sys.argv[1]))
