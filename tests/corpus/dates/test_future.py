"""Dates that no article can have been published on yet, told and left out."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from corpus import load_articles
from corpus.dates.future import is_ahead, left_out


def test_a_day_is_allowed_for_posts_of_tomorrow():
    today = date(2020, 4, 18)
    days = [today - timedelta(9000), today, today + timedelta(1), today + timedelta(2), date.max]
    assert [is_ahead(day, today) for day in days] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", json.dumps({"text": "Der Markt ist offen.", "published": "2999-01-01"})),
        ("a.md", "---\ndate: 2999-01-01\n---\nThe market is open."),
        ("a.txt", "Market\n1 January 2999\nThe market is open."),
    ],
)
def test_an_article_of_the_future_is_read_without_its_date(tmp_path, name, content):
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    told = []
    (loaded,) = load_articles(file, tell=told.append)
    assert loaded.article.published is None
    assert [one.notice for one in told] == [left_out(date(2999, 1, 1))]
    assert told[0].path.startswith(str(file))


def test_tomorrow_and_before_keep_their_date(tmp_path):
    days = [datetime.now(UTC).date() + timedelta(n) for n in (1, 0, -9000)]
    file = tmp_path / "a.jsonl"
    lines = [json.dumps({"text": "Open.", "published": day.isoformat()}) for day in days]
    file.write_text("\n".join(lines), encoding="utf-8")
    told = []
    loaded = load_articles(file, tell=told.append)
    assert ([one.article.published for one in loaded], told) == (days, [])
