"""The library's page: who gets it, in which language, and what it may load."""

import json
import re

import pytest


def handed(page):
    return json.loads(re.search(r'id="handed">(.*?)</script>', page.text, re.DOTALL)[1])


@pytest.mark.parametrize(("language", "direction", "title"), [
    ("en", "ltr", "Library"), ("ar", "rtl", "المكتبة"),
])  # fmt: skip
def test_the_page_is_in_its_language(demo, language, direction, title):
    page = demo.get("/library", params={"ui": language})
    assert f'<html lang="{language}" dir="{direction}">' in page.text
    assert f"<h1>{title}</h1>" in page.text
    assert handed(page)["words"]["title"] == title
    assert page.headers["content-language"] == language
    assert demo.get("/library", headers={"accept-language": language}).text == page.text
    assert demo.head("/library").status_code == 200


def test_the_page_loads_its_own_files_and_no_script_within(demo):
    page = demo.get("/library")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        file = demo.get(path)
        assert (file.status_code, file.headers["cache-control"]) == (200, "no-cache"), path
        for imported in re.findall(r'from "(\./[^"]+)"', file.text):
            assert demo.get(f"/static/library/{imported}").status_code == 200, imported
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", page.text)


def test_the_chat_leads_to_it_in_its_language(demo):
    assert "/library?ui=ar" in demo.get("/ar/").text


def test_who_may_change_nothing_gets_no_way_to(open_office, demo, kit):
    assert "data-keeps" not in demo.get("/library").text
    for name, keeps in (("leila", False), ("amal", True)):
        page = open_office.get("/library", headers=kit.log_in(open_office, name))
        assert ("data-keeps" in page.text, name in page.text) == (keeps, True)
    away = open_office.get("/library?ui=ar")
    assert (away.status_code, away.headers["location"]) == (303, "/login?next=/library%3Fui%3Dar")


def test_whoever_has_a_machine_alone_may_change_everything(home, article, kit):
    kit.add(home, article())
    with kit.client_of(home, chat=True) as client:
        assert "data-keeps" in client.get("/library").text
