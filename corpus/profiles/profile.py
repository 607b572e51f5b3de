"""A profile: a TOML file that says of a site's pages what is the article and where its date is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

import regex

from corpus.errors import DalilError

# The folder of a library in which its profiles lie.
FOLDER = "profiles"
# Editions of a site for other devices, under names of their own.
_EDITIONS = ("www.", "m.", "mobile.", "amp.")
_HOST = regex.compile(r"(?:\*\.)?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*")
# A profile is written by hand; what is larger is another file.
_MOST_BYTES = 2**18
_FORMAT = regex.compile(r"(?:%[dmYyHMS]|[^%])+")
_START = """\
# How pages of HOST are read. Take the mark # off the lines that are needed, and look with:
#   dalil profile test https://HOST/an-article
# Selectors are CSS as in a style sheet, or XPath that begins with / or (. Several stand in a list:
#   title = ["h1.entry-title", "h1"]

# The site; www. and m. belong to it. "*.HOST" stands for all names below it.
hosts = ["HOST"]

# Its name, as it is to stand beside a quote.
#outlet = "..."

# The language of its articles, as a code: ar, ckb, kmr, en.
#language = "ar"

# What holds the article's paragraphs. Without it they are found as on any page.
#article = "div.entry-content"

# What is to be left out, all of it: related articles, share buttons, notes of the site.
#furniture = [".related", ".share", "aside"]

# Where the title, the date and the author's name stand.
#title = "h1"
#date = "time"
#author = ".author"

# Only for dates in digits, whose order cannot be told: 05/04/2020.
#date_format = "%d/%m/%Y"
"""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of the pages of `hosts`; `name` is that of its file, without `.toml`.

    `article`, `furniture`, `title`, `date` and `author` are CSS selectors, or XPath where they
    begin with `/` or `(`. Of those of one key the first counts that finds something, but for
    `furniture`, of which all do. `date_format` is that of a date in digits, as `%d/%m/%Y`.
    """

    name: str
    hosts: tuple[str, ...]
    outlet: str | None = None
    language: str | None = None
    article: tuple[str, ...] = ()
    furniture: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    date_format: str | None = None

    def is_for(self, host: str) -> bool:
        """Return if a page of `host` is one of this site, whatever its edition.

        >>> profile = Profile("a", ("news.example", "*.local.example"))
        >>> [profile.is_for(host) for host in ("www.news.example", "x.local.example", "example")]
        [True, True, False]
        """
        name = _plain(host)
        return any(
            name.endswith(one[1:]) if one.startswith("*.") else name == one for one in self.hosts
        )


SELECTORS = ("article", "furniture", "title", "date", "author")
KEYS = tuple(field.name for field in fields(Profile) if field.name != "name")


@dataclass(frozen=True, slots=True)
class Profiles:
    """The profiles of a library, and the sentences for files that hold none."""

    every: tuple[Profile, ...] = ()
    faults: tuple[str, ...] = ()


def profile_for(profiles: Iterable[Profile], url: str | None) -> Profile | None:
    """Return the profile of the site at `url`, `None` without one."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return next((one for one in profiles if host and one.is_for(host)), None)


def read_profiles(folder: Path) -> Profiles:
    """Return the profiles of a folder, in the order of their names; one that is missing has none.

    A file that cannot be used is a fault, and so is a second one for the same host.
    """
    found: list[Profile] = []
    faults: list[str] = []
    try:
        files = sorted(folder.glob("*.toml"))
    except OSError as error:
        return Profiles((), (f"{folder}: the profiles cannot be read ({error.strerror}).",))
    for file in files:
        try:
            profile = read_profile(file)
            for other in found:
                if twice := set(other.hosts) & set(profile.hosts):
                    raise DalilError(
                        f"{file}: {_place(file, 'hosts')}{min(twice)} has a profile already, "
                        f"{other.name}.toml; name it in one of them."
                    )
            found.append(profile)
        except DalilError as error:
            faults.append(str(error))
    return Profiles(tuple(found), tuple(faults))


def read_profile(file: Path) -> Profile:
    """Return the profile of a file; raises `DalilError` with the file, the line and a remedy."""
    try:
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise DalilError(f"{file}: this is larger than any profile; is it another file?")
        values = tomllib.loads(data.decode("utf-8-sig"))
    except OSError as error:
        raise DalilError(f"{file}: the profile cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise DalilError(f"{file}: the profile is not UTF-8; save it as UTF-8.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DalilError(f"{file}: this is no TOML: {error}. Mend that line.") from error
    return _checked(file, values)


def host_of(text: str) -> str:
    """Return the plain host of an address or a host; raises `DalilError` for what is none.

    >>> host_of("https://www.News.example/a/1"), host_of("m.news.example")
    ('news.example', 'news.example')
    """
    try:
        host = _plain(urlsplit(text if "://" in text else f"https://{text}").hostname or "")
    except ValueError:
        host = ""
    if not _HOST.fullmatch(host) or host.startswith("*"):
        raise DalilError(f'"{text}" is no host; write it as in news.example.')
    return host


def start_of(host: str) -> str:
    """Return the text of a profile to begin with, which is one as it stands."""
    return _START.replace("HOST", host)


def _checked(file: Path, values: Mapping[str, object]) -> Profile:
    for key in values:
        if key not in KEYS:
            near = get_close_matches(key, KEYS, 1)
            meant = f'Did you mean "{near[0]}"?' if near else f"The keys are {', '.join(KEYS)}."
            raise DalilError(f'{file}: {_place(file, key)}there is no key "{key}". {meant}')
    texts = {key: _texts(file, key, values[key]) for key in values}
    for key in ("outlet", "language", "date_format"):
        if len(texts.get(key, ())) > 1:
            raise DalilError(f'{file}: {_place(file, key)}"{key}" is one text, not several.')
    hosts = tuple(_plain(host) for host in texts.get("hosts", ()))
    if not hosts:
        raise DalilError(f'{file}: name the site, as in hosts = ["news.example"].')
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise DalilError(
                f'{file}: {_place(file, "hosts")}"{host}" is no host; write it as in '
                '"news.example", without https:// and path.'
            )
    stated = texts.get("date_format", (None,))[0]
    if stated is not None and not (
        _FORMAT.fullmatch(stated) and all(part in stated for part in ("%d", "%m"))
        and ("%Y" in stated or "%y" in stated)
    ):  # fmt: skip
        raise DalilError(
            f'{file}: {_place(file, "date_format")}"{stated}" is no format of a date in digits; '
            'write %d, %m and %Y, as in "%d/%m/%Y". Dates with the names of months need none.'
        )
    _check_selectors(file, texts)
    return Profile(
        file.stem,
        hosts,
        texts.get("outlet", (None,))[0],
        texts.get("language", (None,))[0],
        **{key: texts.get(key, ()) for key in SELECTORS},
        date_format=stated,
    )


def _check_selectors(file: Path, texts: Mapping[str, tuple[str, ...]]) -> None:
    from corpus.profiles.selectors import compiled

    for key in SELECTORS:
        for selector in texts.get(key, ()):
            try:
                compiled(selector)
            except DalilError as error:
                raise DalilError(f'{file}: {_place(file, key)}"{key}": {error}') from error


def _texts(file: Path, key: str, value: object) -> tuple[str, ...]:
    several = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) and one.strip() for one in several):
        raise DalilError(
            f'{file}: {_place(file, key)}"{key}" is a text, or a list of texts, in quotation marks.'
        )
    return tuple(" ".join(str(one).split()) for one in several)


def _place(file: Path, key: str) -> str:
    """Return on which line of a file a key stands, for the beginning of a sentence."""
    lines = file.read_text("utf-8-sig").splitlines()
    name = regex.compile(rf"\s*[\[\"']*{regex.escape(key)}[\"'\]]*\s*(?:=|\Z|\.)")
    number = next((n for n, line in enumerate(lines, start=1) if name.match(line)), None)
    return f"line {number}: " if number else ""


def _plain(host: str) -> str:
    name = host.strip().lower().rstrip(".")
    for edition in _EDITIONS:
        name = name.removeprefix(edition)
    return name
