"""The operators of a page's content, however odd the stream."""

import pytest

from corpus.readers.pdf.content import operators


@pytest.mark.parametrize(
    ("data", "read"),
    [
        # Numbers as broken programs write them.
        (b"--5 12-34 5. .5 +.25 q", [(b"q", [-5.0, 12.0, 5.0, 0.5, 0.25])]),
        # What only begins as a number is passed over, and the rest read.
        (b"1+2 12-34-5 q", [(b"q", [2.0, -34.0])]),
        (b"123x 1.2.3 q", [(b"x", []), (b"q", [2.3])]),
        (b"1 % 2 3 w\n4 q", [(b"q", [1.0, 4.0])]),
        # A comment ends with the stream.
        (b"1 q % 2 S", [(b"q", [1.0])]),
        (b"%%%", []),
        (b"<41 (b) q", [(b"q", [41.0, b"b"])]),
    ],
)
def test_what_is_malformed_is_passed_over(data, read):
    assert list(operators(data)) == read


def test_a_long_run_that_is_no_number_takes_no_time():
    # Before, this took longer than a page may take, by the cube of its length.
    assert list(operators(b"1" * 200_000 + b"x")) == [(b"x", [])]
    assert list(operators(b"-" * 200_000 + b"x")) == [(b"x", [])]
