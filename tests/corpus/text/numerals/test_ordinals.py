"""An ordinal of two words is one number, and no number of its first word."""

import pytest

from corpus.text.quantities import ordinals
from corpus.text.words import folded_words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the fifth convoy", ["5"]),
        ("the twenty-fifth anniversary", ["25"]),
        ("twenty boats, and the fifth convoy", ["5"]),
        ("القافلة الخامسة والعشرون", ["25"]),
        ("في الطابق الثاني عشر", ["12"]),
        ("الحادي عشر من أيلول", ["11"]),
        ("القافلة الخامسة وعشر سيارات", ["5"]),
        ("la vingt et unième fois", ["21"]),
        ("yirmi beşinci yıl", ["25"]),
        ("двадцать пятый год", ["25"]),
        ("بیست و پنجم", ["25"]),
        ("بیست و پێنجەم", ["25"]),
        ("the last tenth", ["10"]),
        ("no ordinal of five", []),
    ],
)
def test_ordinals(text, said):
    assert list(ordinals(folded_words(text))) == said
