"""What is opened from files is what was saved, and one whole part is searched as it is."""

from dataclasses import replace

import numpy as np

from index.embedded.neighbours import Neighbours
from index.embedded.segments.building import of_texts
from index.embedded.segments.snapshot import Files, Near, Part
from index.encoder import load_bundled


def test_saved_neighbours_are_the_same(tmp_path):
    rows = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    near = Near(np.arange(50, dtype=np.int32), Neighbours.build(rows))
    near.save(tmp_path / "near")
    loaded = Near.load(tmp_path, Files("near", {}))
    assert np.array_equal(loaded.vocabulary, near.vocabulary)
    assert np.array_equal(loaded.neighbours.places, near.neighbours.places)
    assert np.array_equal(loaded.neighbours.cosines, near.neighbours.cosines)


def test_only_parts_that_are_several_or_not_whole_are_joined():
    words = load_bundled()
    texts = ["القمح في الرقة", "The bridge fell."]
    snapshot = of_texts(texts, ["ar", "en"], [0, 1], words.encode_passages(texts), words)
    (part,) = snapshot.parts
    assert snapshot.texts is part.segment.texts
    assert snapshot.vectors is part.segment.vectors
    lacking = replace(snapshot, parts=[Part(part.segment, np.array([True, False]))])
    twice = replace(snapshot, parts=[part, part])
    for each, live in ((lacking, 1), (twice, 4)):
        assert each.texts is not part.segment.texts
        assert each.vectors is not part.segment.vectors
        assert each.texts.tokens.count == live
