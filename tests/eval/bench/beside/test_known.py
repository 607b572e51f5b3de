"""Known-item questions: what is asked, what counts as found."""

import json
from zlib import crc32

import pytest

from corpus.errors import DalilError
from eval.bench.beside import known
from eval.bench.beside.articles import is_lender
from eval.bench.files import PASSAGES

LONG = "المجلس البلدي يناقش مشروع الطريق الساحلي الجديد بين المدينة والميناء القديم رقم {}"
KEEPERS = [name for n in range(80) if not is_lender(name := f"day:{n}")][:8]


def write(folder, articles):
    """Write `(id, title, texts)` as the passages file, each passage ten characters behind."""
    with (folder / PASSAGES).open("w", encoding="utf-8") as file:
        for name, title, texts in articles:
            for place, text in enumerate(texts):
                line = {"article": name, "start": 10 * place, "text": f"{title}\n{text}"}
                file.write(json.dumps(line) + "\n")


def collection():
    for n, name in enumerate(KEEPERS):
        yield name, f"فتح الطريق الساحلي رقم {n}", ["قصيرة.\nسطر.", LONG.format("ابجد" * (n + 1))]


def test_each_question_knows_its_lines_and_names(tmp_path):
    write(tmp_path, collection())
    found = known.items(tmp_path, 8)
    assert [item.kind for item in found] == ["title", "words"] * 4
    numbers = {name: n for n, name in enumerate(KEEPERS)}
    for item in found:
        (name,) = {key.rpartition(":")[0] for key in item.keys if key.count(":") == 2}
        line = 2 * numbers[name]
        if item.kind == "title":
            assert item.question == f"فتح الطريق الساحلي رقم {numbers[name]}"
            assert item.keys == {str(line), str(line + 1), f"{name}:0", f"{name}:10", name}
        else:
            # The short passage asks nothing.
            assert item.keys == {str(line + 1), f"{name}:10"}
            assert item.question.startswith("مجلس يناقش طريق")
    assert len({min(item.keys) for item in found}) == 8
    assert found == known.items(tmp_path, 8)


def test_a_sample_is_no_larger_than_asked(tmp_path):
    write(tmp_path, collection())
    assert len(known.items(tmp_path, 4)) == 4


@pytest.mark.parametrize("spoilt", ["lender", "same title", "short title"])
def test_what_is_not_unique_is_not_asked_for(tmp_path, spoilt):
    lender = next(name for n in range(80) if is_lender(name := f"day:{n}"))

    def changed():
        for n, (name, title, texts) in enumerate(collection()):
            yield (
                f"{lender}{n}" if spoilt == "lender" and is_lender(f"{lender}{n}") else name,
                {"same title": "عنوان واحد لهذه كلها", "short title": "عنوان"}.get(spoilt, title),
                texts,
            )

    write(tmp_path, changed())
    if spoilt == "lender":
        asked = {key for item in known.items(tmp_path, 8) for key in item.keys}
        assert not [key for key in asked if key.startswith(lender) and is_lender(key)]
    else:
        with pytest.raises(DalilError, match="too few titles"):
            known.items(tmp_path, 8)


def test_every_passage_that_holds_the_sentence_is_right(tmp_path):
    copies = [
        (f"copy-{n}", name, [f"في البدء.\n{texts[1]}. وبعد"], texts[1])
        for n, (name, _, texts) in enumerate(collection())
    ]
    write(tmp_path, [*collection(), *((name, title, texts) for name, title, texts, _ in copies)])
    found = [item for item in known.items(tmp_path, 8) if item.kind == "words"]
    assert len(found) == 4
    for item in found:
        assert len(item.keys) == 4
        assert sum(key.startswith("copy-") for key in item.keys) == 1


def test_checksums_of_what_comes_twice():
    sums = known.array("L", [crc32(b"a"), crc32(b"b"), crc32(b"a")])
    assert known._doubled(sums) == {crc32(b"a")}


def test_only_ten_passages_count():
    item = known.Item("?", "words", frozenset({"7"}))
    nine, ten = [["1"]] * 9, [["1"]] * 10
    assert known.rank([*nine, ["7"]], item) == 10
    assert known.rank([*ten, ["7"]], item) is None
    assert known.quality([10, None]) == {"mrr": 0.05, "recall": 0.5}


def test_a_question_leaves_the_article_off_but_no_root():
    words = "الوزارة كتاب والميناء ثانية البيت ثالثة بالطريق رابعة الان خامسة وزارة"
    assert known.reworded(words) == "وزارة ميناء بيت طريق الان"
    assert known.reworded("جملة قصيرة من خمس كلمات") == ""
