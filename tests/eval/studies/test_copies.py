"""The made-up copies, and what is no copy: precision and recall may not fall."""

from pathlib import Path

from corpus.load import load_articles
from eval.studies.copies import found, main, pairs

DEMO = Path(__file__).parents[3] / "corpus" / "demo"


def test_copies_are_found_and_nothing_else():
    every = [loaded.article.text for loaded in load_articles(DEMO)]
    made = list(pairs(every[::3]))
    right = sum(pair.copy for pair in made if found(pair))
    wrong = [pair.kind for pair in made if found(pair) and not pair.copy]
    assert {pair.kind for pair in made if not pair.copy} == {"follow-up", "different", "same event"}
    assert (wrong, right / sum(pair.copy for pair in made) > 0.97) == ([], True)


def test_the_table(tmp_path, capsys):
    for name in "ab":
        text = f"{name} " + " ".join(f"{name}{number}" for number in range(40))
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    main([str(tmp_path)])
    assert "| 10% changed | 2 | 2 |" in capsys.readouterr().out
