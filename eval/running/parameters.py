"""The weights and limits of retrieval and answers by name, so that a run can change one.

Names are those of the fields of `rag.search.rank.FusionWeights` ("fusion.late") and
`rag.choice.select.SelectionSettings` ("selection.threshold", "selection.ranking.own").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Self

from corpus.errors import DalilError
from rag.choice.select import SelectionSettings
from rag.search.rank import FusionWeights

Number = float | int


@dataclass(frozen=True)
class Parameters:
    """Everything of search and choice that is a number; the defaults are what Dalil ships."""

    fusion: FusionWeights = field(default_factory=FusionWeights)
    selection: SelectionSettings = field(default_factory=SelectionSettings.read)

    @classmethod
    def shipped(cls, *, reader: bool = True) -> Self:
        """Return what Dalil ships, for answers with a reader or without."""
        return cls(selection=SelectionSettings.read(reader=reader))

    def by_name(self) -> dict[str, Number]:
        """Return every number by its name.

        >>> Parameters().by_name()["fusion.late"]
        1.0
        """
        flat = _flat("fusion", asdict(self.fusion))
        return flat | _flat("selection", asdict(self.selection))

    def with_values(self, values: Mapping[str, str]) -> Self:
        """Return these parameters with some changed; raise `DalilError` for a name or value.

        >>> Parameters().with_values({"fusion.late": "0"}).fusion.late
        0.0
        """
        fusion, selection = asdict(self.fusion), asdict(self.selection)
        known = self.by_name()
        for name, text in values.items():
            if name not in known:
                raise DalilError(
                    f"There is no parameter {name!r}; there are {', '.join(sorted(known))}."
                )
            *path, last = name.split(".")
            target = fusion if path[0] == "fusion" else selection
            for part in path[1:]:
                target = target[part]
            target[last] = _number(name, text, known[name])
        return replace(
            self, fusion=FusionWeights(**fusion), selection=SelectionSettings(**selection)
        )


def _flat(prefix: str, values: Mapping[str, object]) -> dict[str, Number]:
    flat: dict[str, Number] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(f"{prefix}.{name}", value)
        elif isinstance(value, Number):
            flat[f"{prefix}.{name}"] = value
    return flat


def _number(name: str, text: str, like: Number) -> Number:
    try:
        return type(like)(text)
    except ValueError as error:
        kind = "a whole number" if isinstance(like, int) else "a number"
        raise DalilError(f"{name} takes {kind}, not {text!r}.") from error
