"""The reading model learns to point, and a training that was stopped ends as one that was not."""

import gzip
import json
import re
from random import Random

import numpy as np
import pytest

from corpus.errors import DalilError
from tests.fakes.small_base import base_file

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from index.training.reader import examples  # noqa: E402
from index.training.reader import train as training  # noqa: E402
from index.training.reader.__main__ import main  # noqa: E402
from index.training.reader.base import read_base  # noqa: E402
from index.training.reader.examples import Example  # noqa: E402
from index.training.reader.model import ReadingModel, make_batch  # noqa: E402
from index.training.reader.train import Recipe, order, train  # noqa: E402

TAUGHT, MEASURED = "When did the school open?", "Where is the old bridge?"
PLACES, TIMES = ("Hama", "Homs"), ("six", "noon")


@pytest.fixture
def base(tmp_path):
    path = tmp_path / "base.bin"
    path.write_bytes(base_file()[0])
    return read_base(path)


def planted(count=120):
    """Return questions for a place or a time, beside two sentences of which one or none has it."""
    drawn = Random(0)
    made = []
    for _ in range(count):
        kind = drawn.choice(("when", "where"))
        words = drawn.choice(TIMES if kind == "when" else PLACES)
        right = f"the school opened {'at' if kind == 'when' else 'in'} {words}."
        other = drawn.choice(("it rained.", "the bridge closed."))
        held = drawn.choice(((right, other), (other, right), (other, "it closed.")))
        passage = " ".join(held)
        spans = [(0, len(held[0])), (len(held[0]) + 1, len(passage))]
        found = passage.find(words)
        made.append(
            Example(
                f"{kind} did the school open?",
                passage,
                spans,
                frozenset({held.index(right)} if right in held else ()),
                (found, found + len(words)) if found >= 0 else None,
            )
        )
    return made


def test_a_batch_knows_the_sentence_of_each_piece_and_the_ends_of_the_answer(base):
    asked = [
        Example("when?", "it rained. at noon.", [(0, 10), (11, 19)], frozenset({1}), (14, 18)),
        Example("where?", "it rained.", [(0, 10)], frozenset()),
    ]
    batch = make_batch(asked, base.tokenizer, 64)
    pieces = [base.tokenizer.id_to_token(number) for number in batch.ids[0].tolist()]
    assert [pieces[at] for at in batch.words[0].tolist()] == ["▁noon", "▁noon"]
    of = {0: [], 1: [], -1: []}
    for piece, number in zip(pieces, batch.sentence[0].tolist(), strict=True):
        of[number].append(piece)
    del of[-1]
    assert of == {0: ["▁it", "▁rain", "ed", "."], 1: ["▁at", "▁noon", "."]}
    assert batch.right.tolist() == [[False, True, False], [False, False, True]]
    assert batch.real.tolist() == [[True, True, True], [True, False, True]]
    assert batch.words[1].tolist() == [-1, -1]
    assert batch.mask.sum(1).tolist() == [13, 10]


def test_what_is_cut_off_does_not_answer(base):
    asked = Example("when?", "it rained. at noon.", [(0, 10), (11, 19)], frozenset({1}), (14, 18))
    batch = make_batch([asked], base.tokenizer, 10)
    assert batch.mask.sum(1).tolist() == [10]
    assert batch.right.tolist() == [[False, False, True]]
    assert batch.real.tolist() == [[True, False, True]]


def test_padding_changes_no_score(base):
    torch.manual_seed(0)
    model = ReadingModel(base.bert()).eval()
    short, *rest = sorted(planted(8), key=lambda each: len(each.passage))
    with torch.no_grad():
        alone, words = model(make_batch([short], base.tokenizer, 64))
        beside, more = model(make_batch([short, rest[-1]], base.tokenizer, 64))
    torch.testing.assert_close(beside[:1], alone)
    torch.testing.assert_close(more[:1, : words.shape[1]], words)


def test_training_points_at_what_answers_in_examples_it_has_not_seen(base, tmp_path):
    torch.manual_seed(0)
    model = ReadingModel(base.bert())
    unseen = [one for one in planted(320) if {"noon.", "bridge"} <= set(one.passage.split())]
    seen = [one for one in planted(320) if one not in unseen]
    assert len(unseen) > 20
    train(model, base.tokenizer, seen, Recipe(epochs=6, rate=2e-3), tmp_path / "out")
    batch = make_batch(unseen, base.tokenizer, 64)
    with torch.no_grad():
        scores, words = model(batch)
    right = batch.right.gather(1, scores.argmax(1, keepdim=True)).float().mean()
    known = batch.words[:, 0] >= 0
    ends = (words.argmax(1)[known] == batch.words[known]).float().mean()
    assert right > 0.9
    assert ends > 0.9
    frozen = torch.from_numpy(base.tensors["embeddings.word_embeddings.weight"])
    torch.testing.assert_close(model.bert.embeddings.word_embeddings.weight, frozen)
    losses = [json.loads(line)["loss"] for line in (tmp_path / "out" / "log.jsonl").open()]
    assert sum(losses[-15:]) < 0.3 * sum(losses[:15])


class StoppedError(Exception):
    """The machine was taken away."""


def test_a_training_that_was_stopped_ends_as_one_that_was_not(base, tmp_path, monkeypatch):
    recipe, asked = Recipe(epochs=2, save_seconds=-1.0), planted(80)

    def trained(folder, said=lambda _: None):
        torch.manual_seed(0)
        model = ReadingModel(base.bert())
        train(model, base.tokenizer, asked, recipe, folder, said)
        return model.state_dict()

    whole = trained(tmp_path / "whole")
    steps = 0

    def stopping(*arguments):
        nonlocal steps
        steps += 1
        if steps == 5:
            raise StoppedError
        return make_batch(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(training, "make_batch", stopping)
        with pytest.raises(StoppedError):
            trained(tmp_path / "halves")
    said = []
    halves = trained(tmp_path / "halves", said.append)
    assert said[0] == "Going on after 4 of 10 batches."
    for name, tensor in whole.items():
        torch.testing.assert_close(halves[name], tensor, rtol=0, atol=0)
    assert not list(tmp_path.rglob("*.part"))


def test_training_in_16_bits_learns_as_well(base, tmp_path):
    torch.manual_seed(0)
    recipe = Recipe(epochs=3, rate=2e-3, bfloat16=True)
    train(ReadingModel(base.bert()), base.tokenizer, planted(320), recipe, tmp_path)
    losses = [json.loads(line)["loss"] for line in (tmp_path / "log.jsonl").open()]
    assert sum(losses[-15:]) < 0.5 * sum(losses[:15])


@pytest.mark.parametrize(
    ("recipe", "examples", "said"),
    [
        (Recipe(rate=1e-4), 32, "rate 8e-05 and not 0.0001"),
        (Recipe(), 31, "examples 32 and not 31"),
    ],
)
def test_a_checkpoint_of_another_training_is_kept(base, tmp_path, recipe, examples, said):
    train(ReadingModel(base.bert()), base.tokenizer, planted(32), Recipe(), tmp_path)
    kept = (tmp_path / "checkpoint.pt").read_bytes()
    asked = planted(32)[:examples]
    with pytest.raises(DalilError, match=re.escape(f"after 2 batches ({said})")):
        train(ReadingModel(base.bert()), base.tokenizer, asked, recipe, tmp_path)
    assert (tmp_path / "checkpoint.pt").read_bytes() == kept


def test_each_epoch_has_every_example_once_in_an_order_of_its_own():
    pieces, recipe = [7 + number % 13 for number in range(100)], Recipe(batch=8)
    first, second = (order(pieces, recipe, epoch) for epoch in (0, 1))
    for batches in (first, second):
        assert sorted(number for batch in batches for number in batch) == list(range(100))
        assert max(map(len, batches)) == 8
        # Sorted by length, all but a few batches need next to no filling up.
        spread = [np.ptp([pieces[number] for number in batch]) for batch in batches]
        assert np.median(spread) <= 1
    assert first != second
    assert first == order(pieces, recipe, 0)


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A folder of planted questions, of which those in eval/ may not train."""
    monkeypatch.setattr(examples, "read_documents", lambda _: {})
    monkeypatch.setattr(examples, "read_questions", list)
    for name, text, questions in (
        ("qa/tydi-goldp.en.json.gz", "the school opened, six.", [TAUGHT, MEASURED] * 8),
        ("eval/some.json.gz", "the old bridge closed, six.", [MEASURED]),
    ):
        answers = [{"text": "six", "answer_start": text.index("six")}]
        asked = [{"question": question, "answers": answers} for question in questions]
        paragraph = {"context": f"{text} it rained.", "qas": asked}
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        content = {"data": [{"paragraphs": [paragraph]}]}
        path.write_bytes(gzip.compress(json.dumps(content).encode()))
    (tmp_path / "base.bin").write_bytes(base_file()[0])
    return tmp_path


@pytest.fixture
def command(data, capsys):
    """Run the command on the folder; returns the exit code and the lines it said."""

    def run(*more):
        named = {"--data": data, "--base": data / "base.bin", "--out": data / "out"}
        code = main([*(str(part) for pair in named.items() for part in pair), *more])
        return code, capsys.readouterr().err.splitlines()

    return run


def test_the_command_trains_on_what_does_not_measure(command, data):
    code, (first, last) = command("--layers", "1", "--seed", "3")
    kept = torch.load(data / "out" / "checkpoint.pt", weights_only=True)
    assert (code, first) == (0, f"{kept['examples']} examples, 8 of them answered")
    assert last.startswith("1 of 1 batches, loss ")
    assert kept["recipe"]["seed"] == 3
    assert "bert.encoder.layer.0.output.dense.weight" in kept["model"]
    assert not [name for name in kept["model"] if "layer.1." in name or "word_emb" in name]


def test_a_folder_of_which_everything_measures_is_refused(command, data):
    path = data / "qa" / "tydi-goldp.en.json.gz"
    path.write_bytes((data / "eval" / "some.json.gz").read_bytes())
    code, (words,) = command()
    assert (code, "measures" in words) == (1, True)
    assert not (data / "out").exists()
