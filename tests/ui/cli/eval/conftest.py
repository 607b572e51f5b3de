"""The pair of SQuAD files that the evaluation's own tests use."""

from tests.eval.conftest import pair, write_squad

__all__ = ["pair", "write_squad"]
