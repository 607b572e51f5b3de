"""What docs/embedding.md tells to do works as it stands there."""

import re
import shlex
from pathlib import Path

import pytest

from tests.command import run_here
from ui.widget.bundle import widget_script

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
SERVER, PAGE, ID = "https://dalil.example", "https://intranet.example", "0123456789abcdef" * 2
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
EXAMPLES = [block for kind, block in BLOCKS if kind == "html"]
COMMANDS = [block for kind, block in BLOCKS if block.startswith("dalil ")]
[POLICY] = [block.strip() for kind, block in BLOCKS if block.startswith("script-src")]
[STYLE] = [block for kind, block in BLOCKS if kind == "css"]


def dalil(site, command):
    done = run_here("--home", site.home, *shlex.split(command)[1:], cwd=ROOT)
    assert done.code == 0, done.err
    return done.out


@pytest.mark.parametrize("example", EXAMPLES, ids=["button", "panel"])
def test_the_examples_work_under_the_policy(visits, demo_site, host, example):
    created, revoked = COMMANDS
    embed, tag = dalil(demo_site, created.replace(PAGE, host.url)).split("\n")[:2]
    assert tag.partition("/widget.js")[2] in EXAMPLES[0].replace(ID, embed)
    policy = f"default-src 'none'; {POLICY}; style-src 'unsafe-inline'".replace(
        SERVER, demo_site.url
    )
    body = example.replace(SERVER, demo_site.url).replace(ID, embed)
    page = visits.page()
    page.goto(host.put("/", f"{body}<style>{STYLE}</style>", policy=policy))
    if "data-embed" in example:
        page.get_by_role("button", name="Ask Dalil").click()
    page.locator("textarea").fill("What bounty was announced for Hajji Abdullah?")
    page.keyboard.press("Enter")
    page.locator(".turn.done blockquote").wait_for()
    colour = page.locator(".ask").evaluate("e => getComputedStyle(e).backgroundColor")
    assert colour == "rgb(122, 31, 61)"
    dalil(demo_site, revoked.replace("ID", embed))


def test_every_property_is_in_the_document():
    used = set(re.findall(r"--dalil-[a-z-]+", widget_script().decode()))
    assert set(re.findall(r"--dalil-[a-z-]+", TEXT)) == used


def test_every_message_is_in_the_document():
    from ui.widget.bundle import widget_words

    said = re.findall(r'^\| "(.*?)"', TEXT, re.MULTILINE)
    words = widget_words()["en"]
    kinds = ("refused", "limited", "busy", "offline")
    assert all(words[kind].startswith(text) for kind, text in zip(kinds, said, strict=True))
