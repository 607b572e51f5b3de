"""What of an HTML page is shown, and how it is prepared so that extraction loses nothing of it."""

from __future__ import annotations

from lxml import etree

from corpus.readers.blocks import Blocks, collapsed, raised

# What joins or parts letters, and would be taken for noise.
_JOINERS = "\u200c\u200d"
# Letters of a dead script, one of which stands in for each where a page has none of them.
_STAND_INS = "\U00010300\U00010301\U00010302\U00010303"
_WITHOUT_TEXT = frozenset(
    ("script", "style", "noscript", "template", "head", "iframe", "svg", "select", "button", "nav")
)
_WITHIN_LINES = frozenset(
    (
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em",
        "font", "i", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike",
        "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    )
)  # fmt: skip


def prepare(tree: etree._Element) -> None:
    """Take out what nobody sees, and write what marks say where only text is kept."""
    for element in [*tree.iter("template", "del"), *tree.xpath("//*[@hidden]")]:
        _drop(element)
    for element in tree.iter("q"):
        element.text = f"“{element.text or ''}"
        if len(element):
            element[-1].tail = f"{element[-1].tail or ''}”"
        else:
            element.text += "”"
        element.tag = "span"
    for element in tree.iter("sup"):
        if not len(element):
            element.text = raised(element.text or "")


def with_stand_ins(tree: etree._Element) -> dict[int, str]:
    """Put letters for joiners everywhere, and return the table that puts the joiners back."""
    used = "".join(map(str, tree.itertext()))
    free = [letter for letter in _STAND_INS if letter not in used]
    kept = dict(zip(_JOINERS, free, strict=False))
    table = str.maketrans(kept)
    for element in tree.iter(etree.Element):
        element.text = element.text.translate(table) if element.text else None
        element.tail = element.tail.translate(table) if element.tail else None
        for key, value in element.attrib.items():
            if not kept.keys().isdisjoint(value):
                element.set(key, value.translate(table))
    return str.maketrans({letter: joiner for joiner, letter in kept.items()})


def _drop(element: etree._Element) -> None:
    """Remove an element, and keep the text behind it."""
    parent, tail = element.getparent(), element.tail
    if parent is None:
        return
    before = element.getprevious()
    if before is None:
        parent.text = f"{parent.text or ''}{tail or ''}"
    else:
        before.tail = f"{before.tail or ''}{tail or ''}"
    parent.remove(element)


def lines(tree: etree._Element) -> str:
    """Return all text of a page that is shown, a line for each of its blocks."""
    blocks = Blocks()

    def walk(element: etree._Element, before: str, pre: bool = False) -> str:
        if not isinstance(element.tag, str) or element.tag in _WITHOUT_TEXT:
            return before
        inline = element.tag in _WITHIN_LINES
        if not inline:
            blocks.end()
            before = ""
        if element.tag == "br":
            return ""
        pre = pre or element.tag == "pre"
        before = add(element.text, before, pre)
        for child in element:
            before = walk(child, before, pre)
            before = add(child.tail, before, pre)
        if not inline:
            blocks.end()
            before = ""
        return before

    def add(text: str | None, before: str, pre: bool) -> str:
        # What is set as it was typed keeps its lines.
        typed = (text or "").split("\n") if pre else [text or ""]
        shown = "\n".join(collapsed(line, "" if pre else before) for line in typed)
        blocks.add(shown)
        return shown or before

    walk(tree, "")
    return blocks.text().replace("\n\n", "\n")


def unmarked(text: str, whole: str) -> str:
    r"""Return extracted text without the marks of lists and tables that its page does not show.

    `whole` are the page's lines. Cells of a row are parted by tabs, as those of other documents.

    >>> unmarked("- One\n| a | b | \n- two", "One\na\nb\n- two").split("\n")
    ['One', 'a\tb', '- two']
    """
    shown = {line.strip() for line in whole.split("\n")}

    def bare(line: str) -> str:
        if line.strip() in shown:
            return line
        if line.startswith("- ") and line[2:].strip() in shown:
            return line[2:]
        cells = [cell.strip() for cell in line.split("|") if cell.strip()]
        return "\t".join(cells) if line.startswith("|") and shown.issuperset(cells) else line

    return "\n".join(map(bare, text.split("\n")))
