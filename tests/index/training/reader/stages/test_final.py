"""The last stage has everything once more, what is nearly answered, and translations."""

from index.training.reader.examples import read_examples
from index.training.reader.stages.final import final_examples
from tests.index.training.reader.stages.test_crossing import data  # noqa: F401 - a fixture


def test_examples_of_the_first_stage_come_with_questions_that_are_not_answered(data):  # noqa: F811
    found = final_examples(data, [])
    assert found == final_examples(data, [])
    first = {each.question for each in read_examples(data, [])}
    asked = {each.question for each in found}
    assert first - asked == set()
    made = [each for each in found if each.question not in first]
    assert made
    nearly = [e for e in made if not e.right and "number" in e.question and "bridge" in e.question]
    assert nearly
    assert all(each.answer is None for each in nearly)


def test_nothing_of_it_measures(data):  # noqa: F811
    measured = ["What was closed"]
    assert not [e for e in final_examples(data, measured) if e.question == "What was closed?"]
