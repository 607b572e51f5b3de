"""What is said of where questions and passages go."""

from urllib.parse import urlsplit

import pytest

from rag.langchain import load_chat_model
from ui.settings.privacy import destination, told, unsafe_links, unsafe_model
from ui.settings.settings import ServerSettings, Settings

# Model, base URL, environment, where questions go.
CASES = [
    (None, "https://llm.example", {}, None),
    ("ollama:llama3.2", None, {}, None),
    ("ollama:llama3.2", None, {"OLLAMA_HOST": "0.0.0.0"}, None),
    ("ollama:llama3.2", None, {"OLLAMA_HOST": "box:11434"}, "http://box:11434"),
    ("ollama:llama3.2", None, {"OLLAMA_HOST": "box"}, "http://box:11434"),
    ("Ollama: llama3.2", "http://0.0.0.0:1", {}, None),
    ("ollama:llama3.2", None, {"OPENAI_BASE_URL": "http://box"}, None),
    ("openai:gpt-5", None, {}, "https://api.openai.com"),
    ("openai:gpt-5", "http://localhost:8000/v1", {}, None),
    ("openai:gpt-5", "http://127.0.0.1:1", {"OPENAI_BASE_URL": "http://box"}, None),
    ("openai:gpt-5", None, {"OPENAI_BASE_URL": "http://[::1]:8000/v1"}, None),
    ("openai:gpt-5", "http://0.0.0.0:1", {}, "http://0.0.0.0:1"),
    ("openai:gpt-5", None, {"OPENAI_BASE_URL": "box:8000"}, "http://box:8000"),
    ("openai:gpt-5", None, {"OPENAI_BASE_URL": "box"}, "http://box"),
    ("openai:x", "http://localhost.example/v1", {}, "http://localhost.example/v1"),
    ("anthropic:x", None, {"ANTHROPIC_BASE_URL": "https://me:pw@a.example/?k=1"},
     "https://a.example/"),
    ("mistralai:x", None, {}, "the provider mistralai"),
]  # fmt: skip


@pytest.mark.parametrize(("llm", "url", "environment", "where"), CASES)
def test_where_questions_go(llm, url, environment, where):
    assert destination(Settings(llm=llm, llm_base_url=url), environment) == where


@pytest.mark.parametrize(
    ("llm", "url", "environment", "where"),
    [case for case in CASES if case[0] and not case[0].startswith("mistralai")],
)
def test_the_model_is_asked_where_questions_are_said_to_go(
    llm, url, environment, where, monkeypatch
):
    for variable in ("OLLAMA_HOST", "OPENAI_API_BASE", "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(variable, "made-up-key-123")
    for variable, address in environment.items():
        monkeypatch.setenv(variable, address)
    server = load_chat_model(llm, base_url=url)._server
    if where is None:
        assert server.rpartition(":")[0] in ("localhost", "127.0.0.1", "[::1]", "0.0.0.0")
    else:
        assert server == urlsplit(where).netloc


def test_it_is_told_in_a_sentence():
    assert told(Settings()) == "Nothing leaves this machine."
    assert told(Settings(llm="ollama:x", llm_base_url="http://[::1]")) == told(Settings())
    sent = told(Settings(llm="openai:x", llm_base_url="https://llm.example"))
    assert "are sent to https://llm.example," in sent
    assert "each quote that a reader wants translated" in sent


@pytest.mark.parametrize("url", ["http://127.0.0.1:4318", "http://localhost:4318"])
def test_a_collector_elsewhere_is_told(url):
    assert told(Settings(server=ServerSettings(tracing=url))) == told(Settings())
    sent = told(Settings(server=ServerSettings(tracing="https://traces.example/otlp")))
    assert sent.startswith("Nothing of the library leaves this machine. Times of requests")
    assert sent.endswith("are sent to https://traces.example/otlp.")


def test_what_is_fetched_is_told_and_what_it_could_reach():
    some = Settings(connect=("news.example", "agency.example"))
    assert told(some).endswith("are fetched from news.example, agency.example.")
    assert told(some).startswith("Nothing of the library leaves this machine.")
    assert "from any public site." in told(Settings(connect=("*",)))
    assert "from any public site." in told(
        Settings(connect=("*",), llm="openai:x", llm_base_url="https://llm.example")
    )
    assert list(unsafe_links(some)) == []
    own = Settings(connect=("*",), connect_private=("10.0.0.0/8",))
    assert "lead into 10.0.0.0/8" in next(unsafe_links(own))


@pytest.mark.parametrize(
    ("url", "count"),
    [("http://127.0.0.1:8000", 0), ("https://llm.example", 0), ("http://llm.example", 1)],
)
def test_a_way_in_the_clear_is_unsafe(url, count):
    assert len(list(unsafe_model(Settings(llm="openai:x", llm_base_url=url)))) == count
