"""Export the bundled encoder to sentence-transformers: `python -m index.training.export --out DIR`.

The folder holds a `StaticEmbedding` and a `Normalize` module and loads with
`SentenceTransformer(DIR)`. Only numpy and safetensors are needed to write it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus.errors import DalilError
from index.encoder.static import StaticEncoder

_BUNDLED = Path(__file__).parents[1] / "encoder" / "bundled"

# The class paths that every release of sentence-transformers since 3.2 understands.
_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
    {
        "idx": 1,
        "name": "1",
        "path": "1_Normalize",
        "type": "sentence_transformers.models.Normalize",
    },
]


def export(encoder_folder: Path, out: Path) -> None:
    """Write the encoder in `encoder_folder` as a sentence-transformers folder at `out`.

    The table becomes float32, four times the size. Vectors are the same within rounding for
    texts that repeat no word; `StaticEmbedding` counts every repetition in full, `StaticEncoder`
    the root of their number, so others differ slightly.
    Raises `DalilError` when safetensors is not installed or `out` holds something already.
    """
    try:
        from safetensors.numpy import save_file
    except ImportError as error:
        raise DalilError("The export needs safetensors: pip install '.[models]'.") from error
    if out.exists() and any(out.iterdir()):
        raise DalilError(f"{out} is not empty: name a new folder as --out.")
    encoder = StaticEncoder(encoder_folder)
    (out / "1_Normalize").mkdir(parents=True, exist_ok=True)
    save_file({"embedding.weight": encoder.table()}, str(out / "model.safetensors"))
    shutil.copyfile(encoder_folder / "tokenizer.json", out / "tokenizer.json")
    _write(out / "modules.json", _MODULES)
    _write(
        out / "config_sentence_transformers.json",
        {"prompts": {"query": "", "document": ""}, "similarity_fn_name": "cosine"},
    )


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m index.training.export", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--encoder", type=Path, default=_BUNDLED, help="folder to read")
    given = parser.parse_args(arguments)
    try:
        export(given.encoder, given.out)
    except DalilError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
