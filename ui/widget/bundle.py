"""The widget's one file, put together from modules, style sheets and words.

The chat's own modules are used, so that an answer has one renderer and one look.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import ascii_letters

from ui.words.wording import LANGUAGES, words

_HERE = Path(__file__).with_name("static")
_CHAT = Path(__file__).parents[1] / "chat" / "static"
# Each after those that it imports from.
MODULES = (
    _CHAT / "text.js",
    _CHAT / "answer.js",
    _HERE / "events.js",
    _HERE / "client.js",
    _HERE / "memory.js",
    _HERE / "icon.js",
    _HERE / "panel.js",
    _HERE / "widget.js",
)
_SHEETS = (_CHAT / "answer.css", _HERE / "widget.css")
_CHAT_WORDS = (
    "direction", "title", "question", "ask", "again", "conversation", "you",
    "searching", "writing", "restart", "written", "unfound", "uncited", "abstained", "possible",
    "lacking", "nearest", "sources", "source", "met", "met_hint", "failed", "retry", "untitled",
    "made_by", "page", "also",
)  # fmt: skip
# A `rem` follows the page's root element, whose font size may be anything.
_PIXELS_PER_REM = 15
# Before a name that is no part of a longer one, no member and no text; three dots spread a list.
_FREE = r"(?<![\w#\"'`-])(?<!(?<!\.\.)\.)"


@cache
def widget_script() -> bytes:
    """Return the script, one function that leaves no name behind in the page."""
    sheets = (small_sheet(path.read_text(encoding="utf-8")) for path in _SHEETS)
    style = short_properties(own_rules("".join(sheets)))
    modules = (plain_script(path.read_text(encoding="utf-8")) for path in MODULES)
    body = joined_constants(short_names("\n".join(modules)))
    constants = f"const WORDS={_literal(widget_words())},STYLE={_literal(style)};"
    return f'(()=>{{"use strict";\n{constants}\n{body}\n}})();\n'.encode()


def widget_words() -> Mapping[str, Mapping[str, str]]:
    """Return the words of the widget by language and name."""
    own = tomllib.loads(
        Path(__file__).parents[1].joinpath("words", "widget.toml").read_text(encoding="utf-8")
    )
    return {
        language: {name: words(language)[name] for name in _CHAT_WORDS} | own[language]
        for language in LANGUAGES
    }


def plain_script(module: str) -> str:
    r"""Return a module without imports, exports, comments, and most of its spaces.

    Modules are written so that no text of theirs spans lines and no comment follows code.

    >>> plain_script('import { a } from "./a.js";\n\n/** Twice.\n */\nexport const b =\n  2 * a;')
    'const b=\n2*a;'
    """
    module = re.sub(r"^\s*/\*\*.*?\*/", "", module, flags=re.MULTILINE | re.DOTALL)
    lines = (line.strip().removeprefix("export ") for line in module.splitlines())
    kept = (line for line in lines if line and not line.startswith(("//", "import ")))
    # Between these no end of a line ends a statement, or it is ended all the same.
    return re.sub(r"(?<=[,;({\[])\n|\n(?=[)\]}])", "", "\n".join(map(_tight, kept)))


def _tight(line: str) -> str:
    r"""Return a line of a script without spaces around signs, except where text may stand.

    >>> _tight('if (a && b) say("a, b");'), _tight("say(`a, ${ b }`);")
    ('if(a&&b)say("a, b");', 'say(`a, ${ b }`);')
    """
    # Every second part is a text; in one of backticks no other begins.
    parts = re.split(r"(\"[^\"]*\"|`[^`]*`)", line)
    if any(re.search(r"[`\"/'\\]", part) for part in parts[::2]):
        return line
    parts[::2] = (re.sub(r"\s*([=(){}\[\],;:?<>&|!*+])\s*", r"\1", part) for part in parts[::2])
    return "".join(parts)


def short_names(script: str) -> str:
    r"""Return a script whose functions, classes, constants and private members have short names.

    A function keeps its name where that stands for something else too, or is not called.

    >>> print(short_names("function twice(a){return 2*a;}\nfunction met(b){return twice(b.met);}"))
    function $a(a){return 2*a;}
    function met(b){return $a(b.met);}
    >>> short_names("class A{#count=0;more(){this.#count+=1;}}")
    'class $0{#a=0;more(){this.#a+=1;}}'
    >>> short_names('const MOST=2;const WORST={MOST:1};x(`${MOST}`,"MOST",a.MOST);')
    'const MOST=2;const $0={MOST:1};x(`${MOST}`,"MOST",a.MOST);'
    """
    functions = re.findall(r"(?:^|;)(?:async )?function\*?\s?(\w+)\(", script, re.MULTILINE)
    called = [
        name
        for name in functions
        if not re.search(rf"(?:#|(?<!\.\.)\.){name}\b|{_FREE}{name}(?![\w(\"'`-])", script)
    ]
    members = sorted(set(re.findall(r"\bthis\.#(\w+)", script)))
    constants = re.findall(r"(?:^|;)const ([A-Z][A-Z_]+)=", script, re.MULTILINE)
    constants += re.findall(r"(?:^|[;}])class (\w+)", script, re.MULTILINE)
    texts = re.findall(r"\"[^\"\n]*\"", script)
    # One that names a member too, or stands in a text, keeps its name.
    plain = [
        name
        for name in constants
        if not re.search(rf"[.#]{name}\b|\b{name}:", script)
        and not any(name in text for text in texts)
    ]
    for number, name in enumerate(plain):
        script = re.sub(rf"\b{name}\b", f"${number}", script)
    for short, name in zip(ascii_letters, called, strict=False):
        script = re.sub(rf"{_FREE}{name}(?=\()", f"${short}", script)
    for short, name in zip(ascii_letters, members, strict=False):
        script = re.sub(rf"#{name}\b(?![\"'])", f"#{short}", script)
    return script


def joined_constants(script: str) -> str:
    r"""Return a script whose neighbouring declarations are one.

    Only those of simple values are joined, in which no statement ends.

    >>> joined_constants("const a=1;const{b}=a;const c=()=>{a;};const d=2;")
    'const a=1,{b}=a,c=()=>{a;};const d=2;'
    >>> joined_constants("for(const a of b)c();const d=1;const e=2;")
    'for(const a of b)c();const d=1,e=2;'
    """
    text = r"\"[^\"\n]*\"|`[^`;{}\n]*(?:\{[^`;{}\n]*\}[^`;{}\n]*)*`"
    flat = rf"\{{(?:[^;{{}}\n\"`]|{text})*\}}"
    simple = rf"(?:[^;{{}}\n\"`]|{text}|{flat})*"
    pair = re.compile(rf"((?:^|(?<=[;{{}}\n]))const\b{simple});\n?const\b\s?")
    joined = pair.sub(r"\1,", script)
    return joined if joined == script else joined_constants(joined)


def small_sheet(sheet: str) -> str:
    r"""Return a style sheet without comments and needless spaces, its lengths in pixels.

    >>> small_sheet("/* Wide. */\n.a,\n.b {\n  margin: 0.2rem -2rem;\n\n  & :focus { top: 0 }\n}\n")
    '.a,.b{margin:3px -30px;& :focus{top:0}}'
    """
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    sheet = re.sub(r"([\d.]+)rem\b", lambda m: f"{float(m[1]) * _PIXELS_PER_REM:.4g}px", sheet)
    sheet = re.sub(r"#(\w)\1(\w)\2(\w)\3\b", r"#\1\2\3", sheet)
    sheet = re.sub(r"(?<![\w.])0(?=\.\d)", "", sheet)
    sheet = sheet.replace(" !important", "!important")
    sheet = re.sub(r"\s*([{};,])\s*", r"\1", " ".join(sheet.split()))
    return re.sub(r":\s", ":", sheet).replace(";}", "}").strip()


def own_rules(sheet: str) -> str:
    """Return a sheet without the selectors of the chat's page, its texts in single marks.

    >>> own_rules(':root,.dalil{color:red}html[lang],.dalil{a{content:"x"}}')
    ".dalil{color:red}.dalil{a{content:'x'}}"
    """
    # In a script, what stands in double marks would need a sign more for each.
    return re.sub(r"(?<![\w-])(?::root|html\[lang\]),(?=\.dalil\b)", "", sheet).replace('"', "'")


def short_properties(sheet: str) -> str:
    """Return a sheet whose own custom properties have short names; pages may set `--dalil-...`.

    >>> short_properties(".a{--ink:var(--dalil-ink,red);--ink-2:var(--ink)}")
    '.a{--a:var(--dalil-ink,red);--b:var(--a)}'
    """
    names = dict.fromkeys(re.findall(r"(?<=[{;])--(?!dalil-)([\w-]+):", sheet))
    for short, name in zip(ascii_letters, names, strict=False):
        sheet = re.sub(rf"--{name}(?![\w-])", f"--{short}", sheet)
    return sheet


def _literal(value: object) -> str:
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # A key that is a name needs no quotation marks in a script.
    return re.sub(r'(?<=[{,])"(\w+)":', r"\1:", written)
