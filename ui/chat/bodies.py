"""What browsers post to Gradio, looked at first: what is not valid makes it fail (HTTP 500)."""

from __future__ import annotations

import json
from collections.abc import Collection

from corpus.errors import InputError
from corpus.text.characters import replace_surrogates

_NO_JSON = "The request's body is not a JSON object in UTF-8."


def checked(body: bytes, functions: Collection[int]) -> bytes:
    r"""Return a body as Gradio can read it: an object, of `functions` if it names one.

    Half characters (`\ud83d`), which no answer could repeat, become U+FFFD.  Raises `InputError`.

    >>> checked(b'{"fn_index": 1, "data": ["\\ud83d"]}', {1}).decode()
    '{"fn_index": 1, "data": ["�"]}'
    """
    try:
        posted = json.loads(body.decode("utf-8"))
        text = json.dumps(posted, ensure_ascii=False, allow_nan=False)
    # Numbers of any length, and brackets of any depth, are written quickly.
    except (ValueError, RecursionError) as error:
        raise InputError(_NO_JSON) from error
    if not isinstance(posted, dict):
        raise InputError(_NO_JSON)
    function = posted.get("fn_index")
    if function is not None and (type(function) is not int or function not in functions):
        raise InputError("The chat has no such function. Load its page again.")
    whole = replace_surrogates(text)
    return body if whole == text else whole.encode()
