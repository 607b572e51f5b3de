"""Options before variables before `dalil.toml`, and a sentence for what cannot be meant."""

import re
import tomllib
from pathlib import Path

import pytest

from corpus.errors import DalilError
from ui.settings.settings import ServerSettings, Settings, all_settings

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "settings.md").read_text(encoding="utf-8")
EXAMPLES = [
    example
    for page in sorted(DOCS.glob("*.md"))
    # Its example is an outlet's profile (tests/corpus/profiles).
    if page.name != "formats.md"
    for example in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty current folder, and an environment without settings."""
    for one in all_settings():
        monkeypatch.delenv(one.variable, raising=False)
    monkeypatch.delenv("DALIL_SETTINGS", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder, text, name="dalil.toml"):
    (folder / name).write_text(text, encoding="utf-8")


def test_the_nearest_source_wins(folder, monkeypatch):
    assert Settings.read() == Settings(folder / "data" / "dalil", "bundled", None)
    write(folder, 'encoder = "a"\nreranker = "b"\n[server]\nport = 1\nworkers = 3\nseconds = 5\n')
    read = Settings.read()
    assert (read.encoder, read.reranker, read.home) == ("a", "b", folder / "data" / "dalil")
    assert read.server == ServerSettings(port=1, workers=3, seconds=5.0)
    monkeypatch.setenv("DALIL_ENCODER", "c")
    monkeypatch.setenv("DALIL_RERANKER", "")
    monkeypatch.setenv("DALIL_SERVER_PORT", "2")
    read = Settings.read()
    assert (read.encoder, read.reranker, read.server.port) == ("c", "b", 2)
    read = Settings.read(Path("x"), "d", port=3, workers=None, without_login=True)
    assert (read.home, read.encoder, read.server.port) == (Path("x"), "d", 3)
    assert (read.server.workers, read.server.without_login) == (3, True)


def test_another_file_by_variable(folder, monkeypatch):
    (folder / "etc").mkdir()
    write(folder / "etc", 'home = "library"\n', "newsroom.toml")
    write(folder, 'encoder = "not this"\n')
    monkeypatch.setenv("DALIL_SETTINGS", str(folder / "etc" / "newsroom.toml"))
    # A folder is meant from where the file lies, an option or a variable from where one is.
    assert Settings.read() == Settings(folder / "etc" / "library", "bundled")
    write(folder / "etc", 'llm_key_file = "key"\n', "newsroom.toml")
    assert Settings.read().llm_key_file == folder / "etc" / "key"
    write(folder / "etc", '[oidc]\nclient_secret_file = "secret"\n', "newsroom.toml")
    assert Settings.read().oidc.client_secret_file == folder / "etc" / "secret"
    monkeypatch.setenv("DALIL_HOME", "here")
    monkeypatch.setenv("DALIL_LLM_KEY_FILE", "key")
    assert Settings.read().home == Path("here")
    assert Settings.read().llm_key_file == Path("key")
    monkeypatch.setenv("DALIL_SETTINGS", "nowhere.toml")
    with pytest.raises(DalilError, match=r"nowhere\.toml cannot be read .*DALIL_SETTINGS"):
        Settings.read()


# Key, value as TOML, the same as a variable's text, and what comes out.
GOOD = [
    ("server.host", '"::1"', "[::1]", "::1"),
    ("server.seconds", "2", "2.0", 2.0),
    ("server.hosts", '["Dalil.Example", "10.0.0.7"]', "dalil.example,10.0.0.7",
     ("dalil.example", "10.0.0.7")),
    ("server.hosts", "[]", "", ()),
    ("server.base_url", '"https://dalil.example/"', "HTTPS://dalil.example",
     "https://dalil.example"),
    ("server.base_url", '"http://[::1]:8080"', "http://[::1]:8080", "http://[::1]:8080"),
    ("server.without_login", "true", "yes", True),
    ("server.trusted_proxies", '["127.0.0.1", "10.0.0.0/24"]', "127.0.0.1, 10.0.0.0/24",
     ("127.0.0.1/32", "10.0.0.0/24")),
    ("server.identity_header", '"X-Remote-User"', "X-Remote-User", "X-Remote-User"),
    ("llm", '"ollama:llama3.2:3b"', "ollama:llama3.2:3b", "ollama:llama3.2:3b"),
    ("llm_base_url", '"http://127.0.0.1:8000/v1/"', "http://127.0.0.1:8000/v1",
     "http://127.0.0.1:8000/v1"),
    ("llm_key_file", '"/run/key"', "/run/key", Path("/run/key")),
    ("llm_window", "4096", "4096", 4096),
    # Its last slash is part of a provider's name.
    ("oidc.issuer", '"https://id.example/a/"', "https://id.example/a/", "https://id.example/a/"),
    ("oidc.issuer", '"http://[::1]:8080"', "http://[::1]:8080", "http://[::1]:8080"),
    ("oidc.scopes", '"openid  groups"', "openid groups", "openid groups"),
    ("oidc.admin_groups", '["أرشيف", "the desk"]', "أرشيف, the desk", ("أرشيف", "the desk")),
    ("oidc.form", "false", "no", False),
    ("llm_seconds", "600", "600", 600.0),
]  # fmt: skip


def value_of(settings, key):
    for name in key.split("."):
        settings = getattr(settings, name)
    return settings


@pytest.mark.parametrize(("key", "toml", "text", "meant"), GOOD)
def test_a_value_may_stand_in_file_or_variable(folder, monkeypatch, key, toml, text, meant):
    write(folder, f"{key} = {toml}\n")
    assert value_of(Settings.read(), key) == meant
    write(folder, "")
    monkeypatch.setenv(variable(key), text)
    assert value_of(Settings.read(), key) == meant


def variable(key):
    return next(one.variable for one in all_settings() if one.key == key)


# Key, value as TOML, the same as a variable's text (None: it would be right there), what is wanted.
BAD = [
    ("home", "7", None, "a folder"),
    ("home", '"~no-such-user-here/x"', "~no-such-user-here/x", "a folder"),
    ("encoder", '""', None, "text"),
    ("server.port", '"7860"', "http", "a whole number from 0 to 65535"),
    ("server.port", "65536", "65536", "a whole number from 0 to 65535"),
    ("server.workers", "true", "0", "a whole number from 1 to 64"),
    ("server.seconds", "nan", "nan", "a number from 0.1"),
    ("server.host", '"127.0.0.1:80"', "127.0.0.1:80", "without a port"),
    ("server.hosts", '["https://dalil.example"]', "https://dalil.example", "host names"),
    ("server.hosts", '["*"]', "*", "wildcards"),
    ("server.hosts", '"dalil.example"', None, "a list"),
    ("server.hosts", '["1.2.3"]', "1.2.3", "host names"),
    ("server.base_url", '"dalil.example"', "dalil.example", "such as https://dalil.example"),
    ("server.base_url", '"https://dalil.example/news"', "https://dalil.example/news", "a path"),
    ("server.base_url", '"ftp://dalil.example"', "javascript:alert(1)", "such as https"),
    ("server.base_url", '"https://me@dalil.example"', "https://a.example:port", "such as https"),
    ("server.without_login", "1", "perhaps", "true or false"),
    ("server.trusted_proxies", '["10.0.0.7/24"]', "10.0.0.7/24", "such as 10.0.0.0/24"),
    ("server.trusted_proxies", "[10]", "proxy.example", "networks"),
    ("server.identity_header", '"X Remote"', "X-Remote:", "HTTP header"),
    ("llm", '"llama3.2"', "ollama: llama", "such as ollama:llama3.2"),
    ("llm_base_url", '"127.0.0.1:8000"', "http://me:secret@box/v1", "such as http://127.0.0.1"),
    ("llm_base_url", '"http://box:x/v1"', "http://box/v1?key=secret", "such as http://127.0.0.1"),
    ("llm_window", "100", "eight", "a whole number from 1024"),
    ("oidc.issuer", '"http://id.example"', "https://id.example?x=1", "an https address"),
    ("oidc.issuer", '"https://me:secret@id.example"', "id.example", "an https address"),
    ("oidc.scopes", '"profile"', 'openid "x"', "openid among them"),
    ("oidc.admin_groups", '"news"', None, "a list of names"),
    ("llm_seconds", "0", "long", "a number from 1"),
]


@pytest.mark.parametrize(("key", "toml", "text", "wanted"), BAD)
def test_a_value_that_cannot_be_meant(folder, monkeypatch, key, toml, text, wanted):
    write(folder, f"{key} = {toml}\n")
    with pytest.raises(DalilError) as refused:
        Settings.read()
    assert f"{folder / 'dalil.toml'}, key {key}: " in str(refused.value)
    assert wanted in str(refused.value)
    write(folder, "")
    if text is not None:
        monkeypatch.setenv(variable(key), text)
        with pytest.raises(DalilError) as refused:
            Settings.read()
        assert f"The variable {variable(key)}: " in str(refused.value)
        assert wanted in str(refused.value)


def test_an_option_that_cannot_be_meant(folder):
    for option, value in (("port", 70_000), ("base_url", "dalil")):
        with pytest.raises(DalilError, match=f"The option --{option.replace('_', '-')}: "):
            Settings.read(**{option: value})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("encodr = 'x'", "no setting encodr. Did you mean encoder?"),
        ("port = 80", "no setting port. Did you mean server.port?"),
        ("[server]\nprot = 80", "no setting server.prot. Did you mean server.port?"),
        ("trusted_proxy = []", "Did you mean server.trusted_proxies?"),
        ("[qqqq]\nx = 1", "no setting qqqq. docs/settings.md lists them all."),
        ("server = 80", "[server]"),
        ("home = ", "is not TOML"),
    ],
)
def test_a_file_that_cannot_be_meant(folder, text, named):
    write(folder, text)
    with pytest.raises(DalilError) as refused:
        Settings.read()
    assert named in str(refused.value)
    assert str(folder / "dalil.toml") in str(refused.value)


def test_a_file_in_another_encoding(folder):
    (folder / "dalil.toml").write_bytes("home = 'مكتبة'".encode("cp1256"))
    with pytest.raises(DalilError, match="UTF-8"):
        Settings.read()
    (folder / "dalil.toml").write_bytes("home = 'مكتبة'".encode("utf-8-sig"))
    assert Settings.read().home == folder / "مكتبة"


def test_the_command_tells_of_a_bad_setting(dalil, tmp_path):
    write(tmp_path, "[server]\nport = 'x'\n")
    done = dalil("list", "--json")
    assert (done.code, "server.port" in done.err, "Traceback" in done.err) == (1, True, False)


def test_the_host_of_the_base_url_counts_among_hosts():
    server = ServerSettings(hosts=("dalil",), base_url="https://dalil.example:8443")
    assert server.hosts == ("dalil", "dalil.example")
    assert server.is_secure
    assert not ServerSettings(base_url="http://dalil.example").is_secure


@pytest.mark.parametrize(
    ("host", "on_loopback"),
    [("localhost", True), ("127.8.0.1", True), ("::1", True), ("0.0.0.0", False), ("::", False),
     ("10.0.0.7", False), ("dalil.example", False)],
)  # fmt: skip
def test_what_only_this_machine_reaches(host, on_loopback):
    assert ServerSettings(host=host).on_loopback is on_loopback


def row(one):
    """Return the line of docs/settings.md that a setting must have."""
    default = {"home": "`~/.local/share/dalil`", (): "none", None: "none"}.get(
        "home" if one.key == "home" else one.default
    )
    if default is None:
        value = str(one.default).lower() if isinstance(one.default, bool) else one.default
        default = f"`{value:g}`" if isinstance(value, float) else f"`{value}`"
    return f"| `{one.key}` | `{one.variable}` | {default} | {one.kind.wants} | {one.about} |"


def test_the_page_describes_every_setting():
    shown = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert shown == [row(one) for one in all_settings()]


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_of_the_docs_can_be_read(folder, text):
    write(folder, text)
    assert Settings.read() != Settings()
    assert tomllib.loads(text)


def test_there_are_examples():
    assert len(EXAMPLES) >= 3
