"""What a text says about itself."""

from corpus.furniture.describe import describe


def test_a_line_of_place_and_date_is_the_date_and_no_title():
    text = f"القامشلي - 20 أيلول 2022\n\n{'افتتح المجلس المحلي الجسر القريب من المدينة. ' * 4}"
    found = describe(text)
    assert (found.title, str(found.published)) == (None, "2022-09-20")
