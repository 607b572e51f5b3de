"""Dalil for programs: the names they use, each loaded when it is first asked for.

`Library` opens a collection, `Assistant` answers from it, `DalilRetriever` and `DalilRunnable` are
for LangChain programs.  Importing this module loads none of them, and nothing that they need.

Dalil's packages have plain names, and of two modules of one name Python takes the first it finds,
which may be one of the program's own.  That is said in a sentence with a remedy: as an
`ImportError` where the names here need the package, as a warning where only the command does.

>>> from dalil import Filters, load_encoder
>>> Filters(outlets=("صدى الخابور",)).allow_outlets(["صدى الخابور", "Tal News"])
[True, False]
>>> load_encoder("bundled").encode_queries(["من يدير المركز؟", "Who leads the centre?"]).shape
(2, 256)
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

    from index import Filters, Library, load_encoder
    from rag import Assistant
    from rag.langchain import DalilRetriever, DalilRunnable

    __version__: str

# In the order in which a program meets them.
__all__ = ["Library", "load_encoder", "Assistant", "Filters", "DalilRetriever", "DalilRunnable"]  # noqa: RUF022

_HOMES = {
    "Library": "index",
    "load_encoder": "index",
    "Assistant": "rag",
    "Filters": "index",
    "DalilRetriever": "rag.langchain",
    "DalilRunnable": "rag.langchain",
}
_OF_PROGRAMS = ("corpus", "index", "rag")
_OF_THE_COMMAND = ("eval", "ui")


def main() -> NoReturn:
    """Run the `dalil` command, or say which package of ours is hidden and end with 1."""
    for sentence in _hidden(*_OF_PROGRAMS, *_OF_THE_COMMAND):
        if "--json" in sys.argv:
            # The command's own way to say it is among what cannot be loaded.
            import json

            sys.stdout.write(json.dumps({"error": sentence}) + "\n")
        sys.exit(f"dalil: {sentence}")
    from ui.cli.main import main as command

    command()


def _load(name: str) -> object:
    """Return what a program asks for by name, and keep it here (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        return version("dalil")
    if name not in _HOMES:
        raise AttributeError(f"module 'dalil' has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


if not TYPE_CHECKING:
    # A type checker that saw this would let every misspelt name pass.
    __getattr__ = _load


def _hidden(*packages: str) -> Iterator[str]:
    """Say of each package whose name another module has first that it is hidden, and by what."""
    here = Path(__file__).resolve().parent
    for name in packages:
        spec = _spec(name)
        place = _place(spec) if spec else None
        if place and place.with_suffix("") != here / name / "__init__":
            yield (
                f"{_words(place)} hides Dalil's own package of that name. Rename it, or start "
                "the program from another folder."
            )


def _spec(name: str) -> ModuleSpec | None:
    """Where a module is from, or would be from if it were imported now."""
    return sys.modules[name].__spec__ if name in sys.modules else find_spec(name)


def _place(spec: ModuleSpec) -> Path | None:
    """The file of a module, or the folder of a package that has no file of its own."""
    if spec.origin:
        return Path(spec.origin).resolve()
    return next((Path(folder).resolve() for folder in spec.submodule_search_locations or ()), None)


def _words(place: Path) -> str:
    """Call a module what its maker calls it: a file, or a folder."""
    if place.stem == "__init__":
        place = place.parent
    elif place.suffix:
        return f"The file {place.name} in {place.parent}"
    return f"The folder {place.name} in {place.parent}"


def _refuse_hidden() -> None:
    """Raise `ImportError` where names here cannot be had; warn where only the command suffers.

    The installed command comes in here too, and says it in the shape that it was asked for.
    """
    if Path(sys.argv[0]).stem == "dalil":
        return
    for sentence in _hidden(*_OF_PROGRAMS):
        raise ImportError(sentence)
    for sentence in _hidden(*_OF_THE_COMMAND):
        # The first frame is this function's, the second this module's, the third the import.
        warnings.warn(sentence, stacklevel=3)


if __name__ == "__main__":
    # Usage would name this file.
    sys.argv[0] = "dalil"
    main()
_refuse_hidden()
