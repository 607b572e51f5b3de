"""The widget's file: what is in it, and how it is served."""

import re
from collections import Counter

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ui.server.access.guard import Guard
from ui.widget import PATH, add_widget
from ui.widget.bundle import MODULES, widget_script, widget_words

MOST_BYTES = 30_000
# As a browser asks for the script of a page of another site.
ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
NAMED = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)


@pytest.fixture(scope="module")
def script():
    return widget_script().decode()


def sources():
    return {path.name: path.read_text(encoding="utf-8") for path in MODULES}


def test_the_file_is_small(script):
    assert len(script.encode()) <= MOST_BYTES


@pytest.mark.parametrize(
    "word", ["innerHTML", "outerHTML", "insertAdjacent", "eval(", "Function(", "document.write",
             ".cookie", "localStorage", "@import", "url(", "import(", "postMessage"],
)  # fmt: skip
def test_the_file_holds_nothing_that_makes_text_act_or_loads_anything(script, word):
    assert word not in script


def test_no_name_of_a_module_hides_that_of_another():
    names = Counter(name for text in sources().values() for name in NAMED.findall(text))
    assert [name for name, times in names.items() if times > 1] == []


def test_modules_stand_after_those_they_import_from():
    seen = set()
    for name, text in sources().items():
        assert set(re.findall(r'^import .* from "\./(.*)";', text, re.MULTILINE)) <= seen
        seen.add(name)


def test_every_word_is_used_and_every_used_word_is_there():
    words = widget_words()
    assert words["en"].keys() == words["ar"].keys()
    used = set(re.findall(r"\bwords\.(\w+)", "".join(sources().values())))
    # The kinds of failures are keys too.
    kinds = set(re.findall(r'"(refused|offline|limited|busy|broken)"', sources()["client.js"]))
    assert used | kinds == words["en"].keys()


@pytest.fixture
def client():
    app = FastAPI()
    add_widget(app)
    app.add_middleware(Guard)
    return TestClient(app, base_url="http://127.0.0.1", headers=ELSEWHERE)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_pages_of_every_site_may_load_it(client, script, method):
    answer = client.request(method, PATH)
    assert answer.status_code == 200
    assert answer.text == (script if method == "GET" else "")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_who_has_it_is_told_so(client):
    tag = client.get(PATH).headers["ETag"]
    answer = client.get(PATH, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert client.get(PATH, headers={"If-None-Match": '"other"'}).status_code == 200
