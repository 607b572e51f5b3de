"""How many texts a model takes at a time, by the memory that is free where it runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

# Float32 values a token needs at a time, in vectors of the model's width: input, queries, keys,
# values, what they mix to, two feed-forward layers of four widths each, and room for copies.
_VECTORS_A_TOKEN = 24
# The rest is for the weights, the library and everybody else.
_SHARE = 4
_FEWEST, _MOST, _MOST_ON_GPU = 4, 64, 512
# What is taken to be free where the system does not say.
_UNKNOWN_FREE = 2 << 30
# What most models read, where one does not say.
_USUAL_LONGEST = 512


def texts_at_once(free: int, longest: int, width: int, *, on_gpu: bool) -> int:
    """A power of two: texts of `longest` tokens that fit in a quarter of `free` bytes.

    Never below 4, nor above 64 on a processor, where more only adds padding, or 512 on a GPU.
    `width` is the number of components of a token's vector.

    >>> [texts_at_once(free << 30, 512, 384, on_gpu=False) for free in (16, 1)]
    [64, 8]
    >>> [texts_at_once(40 << 30, longest, 1024, on_gpu=True) for longest in (512, 8192)]
    [128, 8]
    """
    fitting = free // _SHARE // (longest * width * _VECTORS_A_TOKEN * 4)
    most = _MOST_ON_GPU if on_gpu else _MOST
    return 1 << (min(max(fitting, _FEWEST), most).bit_length() - 1)


def batch_size(model: Any, width: int) -> int:  # noqa: ANN401 - the library has no types
    """`texts_at_once` for a loaded model and the device that it chose (CUDA where there is one)."""
    longest = min(model.max_seq_length or _USUAL_LONGEST, 1 << 20)
    device = model.device
    on_gpu = device.type == "cuda"
    return texts_at_once(_free(device, on_gpu=on_gpu), longest, width, on_gpu=on_gpu)


def _free(device: Any, *, on_gpu: bool) -> int:  # noqa: ANN401
    if on_gpu:
        import torch

        return int(torch.cuda.mem_get_info(device)[0])
    return free_memory()


def free_memory(told: Path = Path("/proc/meminfo")) -> int:
    """Bytes that programs can still take on this machine; elsewhere half of all its memory.

    Linux counts what it can drop from its caches as available, `sysconf` does not.
    """
    try:
        for line in told.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (OSError, ValueError):
        return _UNKNOWN_FREE
