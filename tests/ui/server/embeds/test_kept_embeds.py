"""Embeds as they are kept: what may be stored, what comes back, and what never comes back."""

import json
import sqlite3
from contextlib import closing
from datetime import date

import pytest

from corpus.errors import DalilError, DamagedError, InputError, MissingError
from index.filters import Filters
from index.store.database import DATABASE, Store
from ui.server.embeds.embeds import Embeds, Plan
from ui.server.embeds.origins import web_origin

ORIGIN = "https://intranet.example"


@pytest.fixture
def home(tmp_path):
    Store(tmp_path / DATABASE, create=True).close()
    return tmp_path


@pytest.fixture
def embeds(home):
    with closing(Embeds.open(home)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://intranet.example", "https://intranet.example"),
        ("HTTPS://Intranet.EXAMPLE", "https://intranet.example"),
        ("https://intranet.example:443", "https://intranet.example"),
        ("http://intranet.example:80", "http://intranet.example"),
        ("http://intranet.example:443", "http://intranet.example:443"),
        ("http://intranet", "http://intranet"),
        ("http://wiki_old.corp.example:08080", "http://wiki_old.corp.example:8080"),
        ("http://10.1.2.3:8000", "http://10.1.2.3:8000"),
        ("http://[2001:DB8:0:0::1]:8000", "http://[2001:db8::1]:8000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://أخبار。example", "https://xn--igbicxr.example"),
        ("https://xn--igbicxr.example", "https://xn--igbicxr.example"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(given, origin):
    assert web_origin(given) == origin
    assert web_origin(origin) == origin


@pytest.mark.parametrize(
    "given",
    [
        "",
        "*",
        "null",
        "intranet.example",
        "//intranet.example",
        "ftp://intranet.example",
        "file://",
        "javascript:alert(1)",
        "https://",
        "https://intranet.example/",
        "https://intranet.example/page",
        "https://intranet.example?a",
        "https://intranet.example#a",
        "https://*.intranet.example",
        "https://user@intranet.example",
        "https://user:pass@intranet.example",
        "https://intranet.example.",
        "https://intranet..example",
        "https://intranet.example:",
        "https://intranet.example:0",
        "https://intranet.example:65536",
        "https://intranet.example:٤٤٣",
        "https://intranet.example https://evil.example",
        " https://intranet.example",
        "https://intranet.example\n",
        "https://intra\tnet.example",
        "https://intranet.example\\@evil.example",
        "https://127.1",
        "https://2130706433",
        "https://1.2.3.256",
        "https://[::1",
        "https://[evil.example]",
        "https://[fe80::1%25eth0]",
        "https://straße.example",
        "https://a\u200db.example",
        "https://" + "a" * 64 + ".example",
        "https://" + "a." * 130 + "example",
        "https://\ud800.example",
    ],
)
def test_what_is_no_origin_is_refused_with_a_sentence(given):
    with pytest.raises(InputError, match=r"origin|host|port") as refused:
        web_origin(given)
    assert "https://intranet.example:8443" in str(refused.value)


def test_an_embed_comes_back_as_it_was_made(embeds, home):
    plan = Plan(
        origins=(ORIGIN, "http://localhost:8000"),
        filters=Filters(date(2020, 1, 1), date(2021, 1, 1), outlets=("صدى الخابور", "B")),
        label="قسم الأخبار",
        per_client=7,
        per_minute=70,
        greeting="<b>اسأل</b>\nهنا",
        language="ar",
    )
    made = embeds.create(plan)
    assert made.plan == plan
    with closing(Embeds.open(home)) as again:
        assert again.find(made.id) == made
        assert again.all() == [made]


def test_origins_are_stored_once_and_normalised(embeds):
    made = embeds.create(Plan(origins=("HTTPS://A.example:443", "https://a.example")))
    assert made.plan.origins == ("https://a.example",)


def test_ids_are_random_and_safe_everywhere(embeds):
    ids = {embeds.create(Plan(origins=())).id for _ in range(50)}
    assert len(ids) == 50
    assert all(len(bytes.fromhex(one)) * 8 == 128 and one.isalnum() for one in ids)


@pytest.mark.parametrize(
    ("plan", "word"),
    [
        (Plan(origins=("*",)), "origin"),
        (Plan(origins=(ORIGIN, "null")), "origin"),
        (Plan((), Filters(outlets=("A", "!"))), "outlet"),
        (Plan((), Filters(date(2021, 1, 1), date(2020, 1, 1))), "period"),
        (Plan((), label="two\nlines"), "label"),
        (Plan((), label="\x1b[2J"), "label"),
        (Plan((), label="x" * 201), "label"),
        (Plan((), greeting="x" * 501), "greeting"),
        (Plan((), per_client=0), "limit"),
        (Plan((), per_minute=10_001), "limit"),
    ],
)
def test_a_wrong_plan_is_refused_and_nothing_is_stored(embeds, plan, word):
    with pytest.raises(InputError, match=word):
        embeds.create(plan)
    assert embeds.all() == []


def test_a_revoked_embed_is_found_no_more_and_stays_listed(embeds):
    kept, ended = (embeds.create(Plan(origins=(ORIGIN,))) for _ in range(2))
    revoked = embeds.revoke(ended.id)
    assert revoked.revoked_at
    assert embeds.revoke(ended.id) == revoked
    assert embeds.find(ended.id) is None
    assert embeds.find(kept.id) == kept
    assert embeds.all() == [kept, revoked]


def test_an_unknown_id_is_no_embed(embeds):
    made = embeds.create(Plan(origins=(ORIGIN,)))
    for other in ("", made.id.upper(), made.id + " ", made.id[:-1], "%", "x' OR '1'='1"):
        if other != made.id:
            assert embeds.find(other) is None
            with pytest.raises(MissingError, match="dalil embed list"):
                embeds.revoke(other)


def test_the_key_is_made_once_and_by_nobody_who_only_reads(embeds, home):
    with pytest.raises(MissingError):
        embeds.key()
    embeds.create(Plan(origins=()))
    key = embeds.key()
    embeds.create(Plan(origins=()))
    with closing(Embeds.open(home)) as again:
        assert again.key() == key
    assert len(key) == 32


def test_outlets_that_no_article_has_are_named(library, make_article):
    library.add([make_article(outlet="صدى الخابور")])
    with closing(Embeds.open(library.home)) as embeds:
        filters = Filters(outlets=("صَدى الخابور", "Nobody"))
        assert embeds.unknown_outlets(filters) == ["Nobody"]


def test_a_library_of_schema_3_gains_the_table(home):
    with closing(sqlite3.connect(home / DATABASE)) as connection, connection:
        connection.execute("DROP TABLE embeds")
        connection.execute("PRAGMA user_version = 3")
    with closing(Embeds.open(home)) as embeds:
        assert embeds.all() == []
        assert embeds.create(Plan(origins=(ORIGIN,))) == embeds.all()[0]


def test_a_filter_that_cannot_be_read_shows_nothing(embeds, home):
    """An embed whose filter was damaged must fail, not see every article."""
    made = embeds.create(Plan((ORIGIN,), Filters(outlets=("A",))))
    with closing(sqlite3.connect(home / DATABASE)) as connection, connection:
        connection.execute("UPDATE embeds SET filters = ?", (json.dumps({}),))
    with pytest.raises((KeyError, DalilError)):
        embeds.find(made.id)


@pytest.mark.parametrize(
    "changed",
    [
        "UPDATE embeds SET origins = replace(origins, 'intranet', 'extranet')",
        "UPDATE embeds SET filters = replace(filters, '2020', '2000')",
        "UPDATE embeds SET filters = '{'",
        "UPDATE embeds SET revoked_at = NULL",
    ],
)
def test_a_damaged_embed_answers_nobody_and_is_told_and_ended(embeds, home, changed):
    made = embeds.create(Plan((ORIGIN,), Filters(since=date(2020, 1, 1))))
    whole = embeds.create(Plan((ORIGIN,)))
    if "revoked_at" in changed:
        embeds.revoke(made.id)
    with closing(sqlite3.connect(home / DATABASE)) as connection, connection:
        connection.execute(f"{changed} WHERE id = ?", (made.id,))
    with pytest.raises(DamagedError, match=f"dalil embed revoke {made.id}"):
        embeds.find(made.id)
    told, other = embeds.all()
    assert (told.id, told.plan.origins) == (made.id, ())
    assert "damaged" in told.plan.label
    assert other == whole == embeds.find(whole.id)
    assert embeds.revoke(made.id).revoked_at
    assert embeds.find(made.id) is None


def test_filters_let_an_article_through_as_a_search_does(library, make_article):
    days = (None, date(2020, 1, 1), date(2020, 6, 1), date(2021, 1, 1))
    outlets = (None, "A News", "a news", "B")
    library.add(
        [
            make_article(4 * n + m, published=day, outlet=outlet)
            for n, day in enumerate(days)
            for m, outlet in enumerate(outlets)
        ]
    )
    for filters in (
        Filters(),
        Filters(outlets=("A NEWS",)),
        Filters(outlets=("A NEWS", "b"), since=date(2020, 6, 1)),
        Filters(outlet="b", outlets=("A NEWS", "B"), until=date(2020, 6, 1)),
        Filters(outlet="b", outlets=("A NEWS",)),
        Filters(since=date(2020, 1, 1), until=date(2020, 1, 1)),
    ):
        table = library.engine.snapshot().passages
        seen = {table.versions[a][0] for a in table.articles[table.allowed(filters)]}
        assert seen == {a.id for a in library.articles() if filters.allow(a)}
        listed = library.catalogue.page(filters, limit=100)
        assert {a.id for a in listed.articles} == seen
