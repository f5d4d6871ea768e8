"""Core tests need no Qt. One thread: more of them make small steps many times slower."""

import torch

torch.set_num_threads(1)
