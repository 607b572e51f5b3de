"""What is shipped reads as what was trained: the same scores, sentences and words."""

import gzip
import json

import numpy as np
import pytest

from rag.reader import Excerpt
from rag.reader.bundled_model import BundledReader
from tests.fakes.small_base import PIECES, base_file

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
onnx = pytest.importorskip("onnx")

from corpus.errors import DalilError  # noqa: E402
from index.training.reader import __main__ as reader_command  # noqa: E402
from index.training.reader.base import read_base  # noqa: E402
from index.training.reader.export import main  # noqa: E402
from index.training.reader.graph import graph  # noqa: E402
from index.training.reader.mean import take_mean  # noqa: E402
from index.training.reader.model import ReadingModel, make_batch  # noqa: E402
from index.training.reader.pieces import kept_pieces, without_others  # noqa: E402
from index.training.reader.shipped import read_shipped  # noqa: E402
from index.training.reader.train import Recipe, read_trained, train  # noqa: E402
from tests.index.training.reader.test_train import planted  # noqa: E402

# One process trains for all of these tests.
pytestmark = pytest.mark.xdist_group("export")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a trained model in out/, its base, and texts of the served languages."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "base.bin").write_bytes(base_file()[0])
    base = read_base(folder / "base.bin")
    torch.manual_seed(0)
    recipe = Recipe(epochs=5, rate=2e-3, longest=64)
    train(ReadingModel(base.bert()), base.tokenizer, planted(320), recipe, folder / "out")
    rows = [
        "en\tko", "when did the school open at six?\triver", "it rained in Homs, Hama.\triver",
        "where the bridge opened\triver",
    ]  # fmt: skip
    for name, lines in (("pairs/a.tsv.gz", rows), ("text/f.en.txt.gz", ["noon 3", "closed 2"])):
        (folder / name).parent.mkdir()
        (folder / name).write_bytes(gzip.compress("\n".join(lines).encode()))
    return folder


@pytest.fixture(scope="module")
def shipped(folder):
    planted_examples = planted(64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.training.reader.export.read_examples", lambda *_: planted_examples)
        named = {"--run": "out", "--base": "base.bin", "--data": ".", "--out": "shipped"}
        assert main([part for n, v in named.items() for part in (n, str(folder / v))]) == 0
    return folder / "shipped"


def test_the_shipped_reader_finds_what_the_trained_one_finds(folder, shipped):
    base = read_base(folder / "base.bin")
    model, recipe = read_trained(base, folder / "out")
    assert (recipe["layers"], recipe["examples"]) == (2, 320)
    asked, reader = planted(80), BundledReader(shipped)
    found = [reader.read(e.question, [Excerpt(e.passage, e.spans)])[0] for e in asked]
    batch = make_batch(asked, base.tokenizer, 64)
    with torch.inference_mode():
        scores, _ = model(batch)
    odds = (scores[:, :2] - scores[:, 2:]).numpy()
    shown = np.array([each.sentences for each in found])
    # Eight bits round; what they leave must lie far below what the scores tell apart.
    assert np.abs(shown - np.maximum(odds, -10)).mean() < 0.1 * odds.std()
    answered = [(e, f) for e, f in zip(asked, found, strict=True) if e.right]
    assert np.mean([int(np.argmax(f.sentences)) in e.right for e, f in answered]) > 0.9
    assert np.mean([f.answers > 0 for _, f in answered]) > 0.9
    words = [f.words[int(np.argmax(f.sentences))] for _, f in answered]
    assert np.mean([w == e.answer for w, (e, _) in zip(words, answered, strict=True)]) > 0.8
    refused = [f.answers < 0 for e, f in zip(asked, found, strict=True) if not e.right]
    assert len(refused) > 10
    assert np.mean(refused) > 0.9


def test_training_can_go_on_from_the_shipped_reader(folder, shipped, capsys):
    base = read_base(folder / "base.bin")
    trained, again = read_trained(base, folder / "out")[0], read_shipped(base, shipped)
    asked = planted(80)
    batch = make_batch(asked, base.tokenizer, 64)
    with torch.inference_mode():
        (meant, meant_ends), (found, found_ends) = trained(batch), again(batch)
    assert (found - meant).abs().max() < 0.1 * meant.std()
    assert torch.equal(found.argmax(1), meant.argmax(1))
    assert (found_ends.argmax(1) == meant_ends.argmax(1)).float().mean() > 0.9
    drawn = ReadingModel(base.bert()).loss(batch).item()
    assert again.loss(batch).item() < trained.loss(batch).item() + 0.05 < drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(reader_command._STAGES, "first", lambda *_: asked)
        patch.setattr(reader_command, "read_evaluation_texts", lambda _: [])
        named = {"--data": ".", "--base": "base.bin", "--out": "further", "--start": "shipped"}
        given = [part for name, value in named.items() for part in (name, str(folder / value))]
        assert reader_command.main([*given, "--rate", "1e-6"]) == 0
    first = json.loads((folder / "further" / "log.jsonl").read_text().splitlines()[0])
    assert first["loss"] < drawn / 2


def exported(folder, out, **options):
    named = {"run": "out", "base": "base.bin", "data": ".", "out": out, **options}
    given = [(f"--{name.replace('_', '-')}", str(value)) for name, value in named.items()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.training.reader.export.read_examples", lambda *_: planted(64))
        patch.chdir(folder)
        return main([part for pair in given for part in pair])


def test_the_mean_of_two_readers_lies_between_them(folder, shipped, tmp_path, capsys):
    base = read_base(folder / "base.bin")
    first, seed = read_shipped(base, shipped), torch.Generator().manual_seed(3)
    moved = read_trained(base, folder / "out")[0]
    for one in moved.parameters():
        one.data += 0.02 * torch.randn(one.shape, generator=seed)
    types = moved.bert.embeddings.token_type_embeddings.weight.data
    batch = make_batch(planted(16), base.tokenizer, 64)
    with torch.inference_mode():
        begun, ended = first(batch)[0], moved(batch)[0]
        halves = []
        for share in (0.01, 0.5, 0.99):
            mean = read_trained(base, folder / "out")[0]
            mean.load_state_dict(moved.state_dict())
            take_mean(mean, first, share)
            halves.append(mean(batch)[0])
    assert types.abs().max() > 0
    torch.testing.assert_close(halves[0], begun, atol=0.2, rtol=0.05)
    torch.testing.assert_close(halves[2], ended, atol=0.2, rtol=0.05)
    assert (halves[1] - ended).abs().mean() < (begun - ended).abs().mean()
    assert (halves[1] - begun).abs().mean() < (begun - ended).abs().mean()
    assert exported(folder, tmp_path / "mean", mean_with=shipped, share=0.3) == 0
    config = json.loads((tmp_path / "mean" / "config.json").read_text())
    assert config["recipe"]["share of the mean"] == 0.3
    again = read_shipped(base, tmp_path / "mean").state_dict()
    last = "of_words.weight"
    held = read_trained(base, folder / "out")[0].state_dict()[last]
    torch.testing.assert_close(again[last], 0.3 * held + 0.7 * first.state_dict()[last])


def test_what_is_no_mean_is_told(folder, shipped, tmp_path, capsys):
    for share in (0, 1, 1.5, -1):
        assert exported(folder, tmp_path / "none", mean_with=shipped, share=share) == 1
        assert "between 0 and 1" in capsys.readouterr().err
    base = read_base(folder / "base.bin")
    fewer = ReadingModel(base.bert())
    fewer.bert.encoder.layer = fewer.bert.encoder.layer[:1]
    with pytest.raises(DalilError, match="differ in their layers"):
        take_mean(fewer, read_shipped(base, shipped), 0.5)
    assert not (tmp_path / "none").exists()


def test_a_folder_without_layers_of_this_base_is_no_start(folder, shipped, tmp_path):
    base = read_base(folder / "base.bin")
    (tmp_path / "layers.onnx").write_bytes(b"not a graph")
    with pytest.raises(DalilError, match="holds no reader that goes with"):
        read_shipped(base, tmp_path)
    made = onnx.load(shipped / "layers.onnx")
    made.graph.initializer.remove(
        next(one for one in made.graph.initializer if one.name.endswith("output.dense.bias"))
    )
    onnx.save(made, tmp_path / "layers.onnx")
    with pytest.raises(DalilError, match=r"lacks bert\.encoder\.layer\.0"):
        read_shipped(base, tmp_path)


def test_in_32_bits_the_graph_is_the_model(folder, tmp_path):
    import onnxruntime

    base = read_base(folder / "base.bin")
    model, _ = read_trained(base, folder / "out")
    onnx.save(graph(model), tmp_path / "exact.onnx")
    batch = make_batch(planted(6), base.tokenizer, 64)
    table = base.tensors["embeddings.word_embeddings.weight"]
    given = {
        "vectors": table[batch.ids.numpy()],
        "lengths": batch.mask.sum(1).numpy().astype(np.int32),
    }
    session = onnxruntime.InferenceSession(tmp_path / "exact.onnx")
    (scores,) = session.run(None, given)
    with torch.inference_mode():
        states = model.bert(batch.ids, batch.mask).last_hidden_state
        heads = (model.of_sentence, model.of_words, model.of_none)
        meant = torch.cat([head(states) for head in heads], dim=-1).numpy()
    real = batch.mask.numpy() > 0
    np.testing.assert_allclose(scores[real], meant[real], atol=1e-4)


def test_pieces_of_the_served_languages_are_kept_and_cut_texts_as_before(folder):
    tokenizer = read_base(folder / "base.bin").tokenizer
    kept = kept_pieces(tokenizer, folder)
    names = [PIECES[number] for number in kept]
    assert {"▁school", "▁six", "▁Homs", "▁noon", "▁closed", "s", "z"} <= set(names)
    assert "▁river" not in names
    fewer = without_others(tokenizer, kept)
    for text in ("when did the school open at noon", "it rained."):
        whole, pruned = tokenizer.encode("where?", text), fewer.encode("where?", text)
        assert pruned.tokens == whole.tokens
        assert pruned.offsets == whole.offsets
        assert [kept[number] for number in pruned.ids] == whole.ids
    assert fewer.encode("river").tokens == ["<s>", "▁", *"river", "</s>"]


def test_what_cannot_be_exported_is_told(tmp_path, folder, capsys):
    (tmp_path / "empty").mkdir()
    for run, data, why in (("empty", folder, "no checkpoint"), (folder / "out", "empty", "pairs/")):
        named = {
            "--run": tmp_path / run, "--base": folder / "base.bin", "--data": tmp_path / data,
            "--out": tmp_path / "shipped",
        }  # fmt: skip
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("index.training.reader.export.read_examples", lambda *_: planted(4))
            assert main([str(part) for pair in named.items() for part in pair]) == 1
        assert why in capsys.readouterr().err
    assert not (tmp_path / "shipped").exists()


def test_the_configuration_tells_what_was_trained_and_what_the_files_are(shipped):
    config = json.loads((shipped / "config.json").read_text())
    assert config["recipe"]["epochs"] == 5
    assert set(config["checksums"]) == {"layers.onnx", "table.npy", "tokenizer.json"}
    assert len(np.load(shipped / "table.npy")) == config["pieces"] < len(PIECES)
