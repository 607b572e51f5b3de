"""A model file of an installed package, served by llama.cpp on a free port of this machine.

Run by another Python than Dalil's, in whose environment `xllamacpp` and the package with the model
are installed, so nothing of Dalil is imported here.  The address is the first line of the standard
output; the server ends with the standard input.
"""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path


def main() -> None:
    """Serve until nobody wants it any more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", help="a package with one file of weights (.gguf)")
    parser.add_argument("name", help="what the server calls the model")
    parser.add_argument("--window", type=int, required=True, help="tokens of prompt and reply")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--batch", type=int, default=256, help="tokens read at a time")
    options = parser.parse_args()
    path = weights(options.package)

    import xllamacpp

    settings = xllamacpp.CommonParams()
    settings.model.path = str(path)
    settings.model_alias = {options.name}
    settings.n_ctx, settings.n_parallel = options.window, 1
    # A request that was given up ends between two batches only.
    settings.n_batch = settings.n_ubatch = options.batch
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = options.threads
    server = xllamacpp.Server(settings)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


def weights(package: str) -> Path:
    """Return the file of weights in an installed package, which need not be importable."""
    spec = find_spec(package)
    found = sorted(Path(str(spec.origin)).parent.glob("*.gguf")) if spec else []
    if len(found) != 1:
        raise SystemExit(f"The package {package} with one file of weights (.gguf) is wanted.")
    return found[0]


if __name__ == "__main__":
    main()
