"""Cases kept as data: each a record with a name, and where it is a known limit the reason why."""

import json

import pytest


def cases(path):
    """Yield the records of a JSON file as parameters; a known limit must fail."""
    for case in json.loads(path.read_text(encoding="utf-8")):
        reason = case.get("xfail")
        marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
        yield pytest.param(case, id=case["name"], marks=marks)
