"""Links to articles: each page is fetched and read as a saved one is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import DalilError
from corpus.load import NO_PROFILES, Loaded, load_sources, nobody
from corpus.readers.decode import decode
from corpus.source import bytes_source, file_source

if TYPE_CHECKING:
    from corpus.fetch.fetch import Fetched, Fetcher
    from corpus.profiles.profile import Profiles
    from corpus.unread import Notice

# Of one host there is one request at a time, so this is how many hosts are asked at once.
_HOSTS_AT_ONCE = 4


def read_links(
    links: Sequence[str],
    fetcher: Fetcher,
    *,
    clean: bool = True,
    profiles: Profiles = NO_PROFILES,
    tell: Callable[[Notice], object] = nobody,
) -> Iterator[Loaded]:
    """Yield what each link comes to, in their order; one that is named twice is fetched once.

    The article's id and `url` are the address by which its page is known, `source` is the link.
    `profiles` and `tell` are those of `load_sources`.
    """
    read = partial(read_link, fetcher=fetcher, clean=clean, profiles=profiles, tell=tell)
    known: set[str] = set()
    with ThreadPoolExecutor(_HOSTS_AT_ONCE, thread_name_prefix="links") as threads:
        asked = _by_host(dict.fromkeys(links), read, threads)
        try:
            for future in asked:
                loaded = future.result()
                article = loaded.article
                if article is not None and article.id in known:
                    # Two links to one page are one article.
                    continue
                known |= {article.id} if article else set()
                yield loaded
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise


def _by_host(
    links: dict[str, None], read: Callable[[str], Loaded], threads: ThreadPoolExecutor
) -> list[Future[Loaded]]:
    """Start to fetch, a thread a host, and return what will come of each link, in order."""
    from corpus.fetch.fetch import host_of

    futures: dict[str, Future[Loaded]] = {link: Future() for link in links}
    hosts: dict[str, list[str]] = {}
    for link in links:
        hosts.setdefault(host_of(link), []).append(link)

    def work(of_host: list[str]) -> None:
        for link in of_host:
            try:
                futures[link].set_result(read(link))
            except BaseException as error:  # whoever waits for the link gets it
                futures[link].set_exception(error)

    for of_host in hosts.values():
        threads.submit(work, of_host)
    return list(futures.values())


def read_link(
    link: str,
    fetcher: Fetcher,
    *,
    clean: bool = True,
    profiles: Profiles = NO_PROFILES,
    tell: Callable[[Notice], object] = nobody,
) -> Loaded:
    """Return the article of the page at `link`, or the sentence that says why there is none."""
    try:
        return read_fetched(fetcher.fetch(link), clean=clean, profiles=profiles, tell=tell)
    except DalilError as error:
        return Loaded(link, error=str(error))


def read_fetched(
    page: Fetched,
    *,
    clean: bool = True,
    profiles: Profiles = NO_PROFILES,
    tell: Callable[[Notice], object] = nobody,
) -> Loaded:
    """Return the article of a page that was fetched, or why it holds none."""
    from corpus.fetch.fetch import PAGES
    from corpus.fetch.page import in_utf8

    content = in_utf8(page.content, page.headers.get("content-type", ""))
    source = bytes_source(page.url, content, kind=PAGES.get(page.media_type, ".html"))
    source = replace(source, url=page.canonical)
    (loaded,) = load_sources([source], clean=clean, profiles=profiles, tell=tell)
    if loaded.article is None:
        return loaded
    article = replace(loaded.article, id=page.canonical, url=page.canonical, source=page.url)
    return replace(loaded, article=article)


def read_list(path: Path) -> list[str]:
    """Return the links of a file, one a line; blank lines and those that begin with # are none.

    Raises `DalilError` for a file that cannot be read, or that holds no link.
    """
    lines = decode(file_source(str(path)).content()).splitlines()
    links = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    if not links:
        raise DalilError(f"The file {path} holds no links. Write one on each line.")
    return links


def sorted_out(paths: Sequence[str], listed: Path | None) -> tuple[list[Path], list[str]]:
    """Return what of `paths` are files and folders, and what are links, those of a list too.

    >>> sorted_out(["news", "https://news.example/a"], None)[1]
    ['https://news.example/a']
    """
    links = [path.strip() for path in paths if is_link(path)]
    files = [Path(path) for path in paths if not is_link(path)]
    return files, [*links, *([] if listed is None else read_list(listed))]


def is_link(text: str) -> bool:
    """Return whether a text is meant as an address of the web rather than a path.

    >>> is_link("HTTPS://news.example/a"), is_link("https/news.html")
    (True, False)
    """
    return text.strip().lower().startswith(("http://", "https://"))
