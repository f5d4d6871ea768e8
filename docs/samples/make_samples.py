"""Makes the two files beside it: hours of an invented weather, and an nn.RNN that foretells it.

Run it from the top of the repository: ``python docs/samples/make_samples.py``.
"""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).parent
HOURS = 240
NAMES = ("temperature", "humidity", "wind", "pressure", "light", "rain")


def weather(rng: np.random.Generator) -> np.ndarray:
    """Return (HOURS, 6), each column about zero: days, and fronts that come through."""
    hour = np.arange(HOURS)
    day = np.sin(2 * np.pi * (hour - 9) / 24)
    front = np.cumsum(rng.normal(size=HOURS)) / 12
    front -= np.linspace(front[0], front[-1], HOURS)
    light = np.maximum(day, 0) * (1 - 0.5 * np.tanh(np.maximum(front, 0)))
    rain = np.maximum(front + 0.3 * rng.normal(size=HOURS), 0)
    columns = (
        0.8 * day - 0.5 * front,
        -0.6 * day + 0.6 * front,
        0.4 * front + 0.3 * rng.normal(size=HOURS),
        -front,
        light,
        rain,
    )
    return np.stack(columns, axis=1).round(3) + 0.0  # no −0


def trained(rows: np.ndarray) -> dict[str, torch.Tensor]:
    """Return the state dict of a model that says the next hour from the hours before."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    rnn, head = nn.RNN(len(NAMES), 16), nn.Linear(16, len(NAMES))
    model = nn.ModuleDict({"rnn": rnn, "head": head})
    x = torch.tensor(rows, dtype=torch.float32).unsqueeze(1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=1e-3)
    for _ in range(300):
        optimizer.zero_grad()
        (head(rnn(x[:-1])[0]) - x[1:]).square().mean().backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model.state_dict()


def main() -> None:
    rows = weather(np.random.default_rng(4))
    lines = [",".join(NAMES), *(",".join(f"{x:g}" for x in row) for row in rows)]
    (HERE / "weather.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    save_file(trained(rows), HERE / "weather.safetensors")


if __name__ == "__main__":
    main()
