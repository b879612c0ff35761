"""What each one does in `benchmarks.adversarial.quality`: train for a time, save pictures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.adversarial.row import LATENT, ROWS, floats
from benchmarks.images import turns

COUNT = 5_000  # pictures that are made
ROW = ROWS["dcgan"]


def ranvier(data: str, seed: int, out: str, seconds: float) -> dict[str, Any]:
    """The default settings, however long they take."""
    import ranvier as rv

    del seconds
    began = time.perf_counter()
    model = rv.GAN(seed=seed, verbose=0).fit(_pictures(data))
    took = time.perf_counter() - began
    np.savez(out, made=_bytes(model.sample(COUNT, seed=seed)))
    return {"seconds": took, "steps": _steps(model)}


def ranvier_classes(data: str, seed: int, out: str, seconds: float) -> dict[str, Any]:
    """The default settings with classes, of which as many pictures each are made."""
    import ranvier as rv

    del seconds
    with np.load(data) as file:
        X, y = file["X"], file["y"]
    began = time.perf_counter()
    model = rv.GAN(seed=seed, verbose=0).fit(X, y)
    took = time.perf_counter() - began
    names = np.unique(y)
    each = COUNT // len(names)
    made = [model.sample(each, label=name, seed=seed + n) for n, name in enumerate(names)]
    np.savez(out, made=_bytes(np.concatenate(made)), asked=np.repeat(names, each))
    return {"seconds": took, "steps": _steps(model)}


def ranvier_vae(data: str, seed: int, out: str, seconds: float) -> dict[str, Any]:
    """As many numbers of code as the DCGAN has, and as many epochs as the time allows."""
    import ranvier as rv

    def fitted(epochs: int) -> Any:
        return rv.Autoencoder(
            kind="variational",
            dimensions=LATENT,
            epochs=epochs,
            patience=None,
            seed=seed,
            verbose=0,
        ).fit(_pictures(data))

    fitted(1)  # what compiles, compiles here
    began = time.perf_counter()
    fitted(1)
    epochs = max(1, int(seconds / (time.perf_counter() - began)))
    began = time.perf_counter()
    model = fitted(epochs)
    took = time.perf_counter() - began
    np.savez(out, made=_bytes(model.sample(COUNT, seed=seed)))
    return {"seconds": took, "steps": _steps(model)}


def torch_dcgan(data: str, seed: int, out: str, seconds: float) -> dict[str, Any]:
    """The DCGAN of the speed row."""
    import torch

    from benchmarks.adversarial.peers.torch_dcgan import Torch
    from benchmarks.peers import torch_choices

    pictures = _pictures(data)[..., None]
    peer = Torch(ROW, {"X": pictures[: ROW.rows]}, compiled=False)
    peer.prepare()  # and choose how pictures lie, on a few
    peer.X = torch.from_numpy(torch_choices.channels_first({"X": floats(pictures)})["X"])
    torch.manual_seed(seed)
    peer.reset()
    began, steps = time.perf_counter(), 0
    for rows in _batches(len(peer.X), seed):
        if time.perf_counter() - began > seconds:
            break
        peer.step(peer.X[torch.from_numpy(rows)])
        steps += 1
    took = time.perf_counter() - began
    made = np.concatenate([peer.sample(500) for _ in range(COUNT // 500)])
    np.savez(out, made=_bytes((made + 1) * 127.5))
    return {"seconds": took, "steps": steps}


def torch_vae(data: str, seed: int, out: str, seconds: float) -> dict[str, Any]:
    """Kingma and Welling 2014: the DCGAN's generator decodes, its critic's convolutions encode."""
    import torch

    from benchmarks.adversarial.peers.torch_dcgan import networks

    torch.manual_seed(seed)
    decoder, critic = networks(torch)
    decoder = decoder[:-1]  # logits, and no tanh
    encoder = torch.nn.Sequential(*critic[:-2], torch.nn.Linear(critic[-2].in_features, 2 * LATENT))
    for network in (encoder, decoder):
        network.to(memory_format=torch.channels_last)
    weights = [*encoder.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(weights, 1e-3, fused=True)
    X = torch.from_numpy(_pictures(data)[:, None].astype(np.float32) / 255)
    began, steps = time.perf_counter(), 0
    for rows in _batches(len(X), seed):
        if time.perf_counter() - began > seconds:
            break
        real = X[torch.from_numpy(rows)]
        middle, spread = encoder(real * 2 - 1).chunk(2, dim=1)
        code = middle + torch.exp(spread / 2) * torch.randn_like(middle)
        error = torch.nn.functional.binary_cross_entropy_with_logits(
            decoder(code), real, reduction="sum"
        )
        apart = 0.5 * (middle.square() + spread.exp() - 1 - spread).sum()
        optimizer.zero_grad()
        ((error + apart) / len(real)).backward()
        optimizer.step()
        steps += 1
    took = time.perf_counter() - began
    decoder.eval()
    with torch.no_grad():
        made = [
            torch.sigmoid(decoder(torch.randn(500, LATENT))).numpy() for _ in range(COUNT // 500)
        ]
    np.savez(out, made=_bytes(np.concatenate(made) * 255))
    return {"seconds": took, "steps": steps}


def judge(data: str, seed: int, made: dict[str, str]) -> dict[str, Any]:
    """The figures of all, and of real training pictures in their place."""
    import ranvier as rv
    from ranvier.model.measuring.generation import compared

    with np.load(data) as file:
        X, y, X_test, y_test = file["X"], file["y"], file["X_test"], file["y_test"]
    classifier = rv.CNN(epochs=6, seed=0, verbose=0).fit(X, y)
    rng = np.random.default_rng(seed)
    test = X_test[rng.permutation(len(X_test))[:COUNT]]
    chosen = rng.permutation(len(X))[:COUNT]
    found: dict[str, Any] = {}
    for name, place in {**made, "real": ""}.items():
        file = np.load(place) if place else {"made": X[chosen], "asked": y[chosen]}
        pictures = file["made"]
        figures = compared(test, X[chosen], pictures, classifier.features)
        said = np.asarray(classifier.predict(pictures)).astype(int)
        counts = np.bincount(said, minlength=10)
        found[name] = {
            **figures.made.plain(),
            "rarest": float(counts.min() / counts.sum()),
            "classes": (counts / counts.sum()).round(4).tolist(),
            **({"asked": float(np.mean(said == file["asked"]))} if "asked" in file else {}),
        }
    found["real"]["right"] = float(classifier.score(X_test, y_test))
    return found


def _pictures(data: str) -> np.ndarray:
    with np.load(data) as file:
        X: np.ndarray = file["X"]
    return X


def _bytes(pictures: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(np.asarray(pictures)), 0, 255).astype(np.uint8).reshape(-1, 28, 28)


def _batches(rows: int, seed: int) -> Iterator[np.ndarray]:
    """Batches for ever, each epoch in another order."""
    rng, size = np.random.default_rng(seed), ROW.batch_size
    while True:
        order = rng.permutation(rows)
        for first in range(0, rows - size + 1, size):
            yield order[first : first + size]


def _steps(model: Any) -> int:
    resolved = model.resolved_
    return int(len(model.history_) * (resolved.get("steps_per_epoch") or 60_000 // ROW.batch_size))


if __name__ == "__main__":
    turns.serve({
        "ranvier": ranvier,
        "ranvier_classes": ranvier_classes,
        "ranvier_vae": ranvier_vae,
        "torch_dcgan": torch_dcgan,
        "torch_vae": torch_vae,
        "judge": judge,
    })  # fmt: skip
