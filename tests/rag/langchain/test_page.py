"""Every example of docs/langchain.md works as it stands there."""

import re
from contextlib import closing
from pathlib import Path

import pytest

from corpus.load import load_articles
from index import Library, load_encoder
from tests.fakes.model_server import replies_of

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "langchain.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def names(tmp_path, monkeypatch, model_server):
    """What the blocks of the page share, in the folder and beside the model that it tells of."""
    with closing(
        Library.open(tmp_path / "library", load_encoder("bundled"), create=True)
    ) as library:
        library.add([loaded.article for loaded in load_articles(ROOT / "corpus" / "demo")])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OLLAMA_HOST", model_server("english").address)
    shared = {}
    yield shared
    if "library" in shared:
        shared["library"].close()


def test_the_page(names, capsys):
    printed = []
    for block in BLOCKS:
        exec(compile(block, "docs/langchain.md", "exec"), names)
        printed.append(capsys.readouterr().out)
    by_model, answered, follow_up, streamed = printed
    assert by_model == replies_of("english")[0].whole + "\n"
    text, quotes = answered.split("\n[1] ")
    assert "[1]" in text
    assert quotes
    assert follow_up.strip()
    lengths = [tuple(map(int, line.split())) for line in streamed.splitlines()]
    assert lengths == sorted(lengths)
    assert lengths[0][1] == 0 < lengths[-1][1]
