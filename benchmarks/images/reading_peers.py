"""What each library does in `benchmarks.images.reading`: its usual way from files to an epoch."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.images import turns
from benchmarks.peak import peak_mib
from benchmarks.rows import all_rows

ROW: Any = all_rows()["cnn_small"]  # the network, the batch and the learning rate
WORKERS = 2


def ranvier(folder: str) -> dict[str, Any]:
    import ranvier as rv

    # Asked for, they import what they need; the other libraries have imported by now.
    read, _ = rv.read, rv.CNN
    began = time.perf_counter()
    dataset = read(folder, test_fraction=0)
    model = ROW.ranvier(1).fit(dataset)
    return _said(began, model.history_[-1]["loss"])


def keras(folder: str) -> dict[str, Any]:
    import keras
    import tensorflow as tf

    began = time.perf_counter()
    files = keras.utils.image_dataset_from_directory(
        folder, color_mode="grayscale", image_size=(28, 28), batch_size=ROW.batch_size, seed=0
    )
    batches = files.cache().prefetch(tf.data.AUTOTUNE)
    model = keras.Sequential([keras.layers.Rescaling(1 / 255), ROW.keras(keras)])
    model.compile(
        optimizer=keras.optimizers.Adam(ROW.learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    history = model.fit(batches, epochs=1, verbose=0)
    return _said(began, history.history["loss"][-1])


def torch(folder: str) -> dict[str, Any]:
    import torch
    from PIL import Image

    class Pictures(torch.utils.data.Dataset):
        """As torchvision's ImageFolder."""

        def __init__(self) -> None:
            classes = sorted(path for path in Path(folder).iterdir() if path.is_dir())
            self.files = [
                (path, label)
                for label, place in enumerate(classes)
                for path in sorted(place.iterdir())
            ]

        def __len__(self) -> int:
            return len(self.files)

        def __getitem__(self, number: int) -> tuple[Any, int]:
            path, label = self.files[number]
            with Image.open(path) as picture:
                pixels = np.array(picture.convert("L"))  # (height, width)
            return torch.from_numpy(pixels)[None].float() / 255, label

    began = time.perf_counter()
    loader = torch.utils.data.DataLoader(
        Pictures(), ROW.batch_size, shuffle=True, num_workers=WORKERS
    )
    torch.manual_seed(0)
    network = ROW.torch(torch)
    optimizer = torch.optim.Adam(network.parameters(), ROW.learning_rate, fused=True)
    loss, total = torch.nn.CrossEntropyLoss(), 0.0
    for X, y in loader:
        optimizer.zero_grad()
        value = loss(network(X), y)
        value.backward()
        optimizer.step()
        total += value.item() / len(loader)
    return _said(began, total, f"{WORKERS} workers, threads {torch.get_num_threads()}")


def _said(began: float, loss: float, notes: str = "") -> dict[str, Any]:
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "loss": float(loss), "notes": notes, "peak_mib": peak_mib()}


if __name__ == "__main__":
    turns.serve(globals())
