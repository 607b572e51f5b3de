"""Selectors of elements, in CSS or XPath, by cssselect and lxml."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

from lxml import etree

from corpus.errors import DalilError


@cache
def compiled(selector: str) -> Callable[[etree._Element], object]:
    """Return a selector as a function of a tree; raises `DalilError` for what is none.

    >>> page = etree.fromstring("<div><p class='a'>one</p></div>")
    >>> [compiled(way)(page)[0].text for way in ("p.a", "//p[@class='a']")]
    ['one', 'one']
    >>> compiled("p[")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    corpus.errors.DalilError: "p[" is no CSS selector (...). Mend it, or write XPath that begins...
    """
    if selector.startswith(("/", "(")):
        try:
            return cast("Callable[[etree._Element], object]", etree.XPath(selector))
        except etree.XPathError as error:
            raise DalilError(f'"{selector}" is no XPath ({error}). Mend it.') from error
    from cssselect import HTMLTranslator, SelectorError

    try:
        return cast(
            "Callable[[etree._Element], object]",
            etree.XPath(HTMLTranslator().css_to_xpath(selector)),
        )
    except (SelectorError, etree.XPathError) as error:
        raise DalilError(
            f'"{selector}" is no CSS selector ({error}). Mend it, or write XPath that begins '
            "with / or (."
        ) from error
