"""What a setting of the language model may say, and the sentence where it can mean nothing."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import httpx2
import openai
import pytest

from corpus.article import Article
from corpus.errors import DalilError
from index import Library, load_encoder
from rag.langchain import load_chat_model, models
from rag.langchain.failures import model_error
from rag.llm import Message, ModelError
from rag.llm.protocol import PromptTooLongError
from tests.fakes.model_server import Reply, replies_of

ROOT = Path(__file__).parents[3]
KEY = "made-up-key-123"
ASKED = [Message("user", "When did the harbour reopen?")]


@pytest.fixture(autouse=True)
def no_keys(monkeypatch):
    from langsmith.utils import get_env_var

    # It remembers what the environment said, also what it said to the test before.
    get_env_var.cache_clear()
    for name in [name for name in os.environ if name.endswith("_API_KEY")]:
        monkeypatch.delenv(name)


@pytest.fixture
def key_file(tmp_path):
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("name", ["", "llama3.2", "ollama:", ":llama3.2", "ollama: "])
def test_a_name_has_provider_and_model(name):
    with pytest.raises(DalilError, match=r"as in ollama:llama3\.2"):
        load_chat_model(name)


@pytest.mark.parametrize(
    "url", ["localhost:8000", "http://", "ftp://a/v1", "http://a:port/v1", "]"]
)
def test_an_address_is_one(url):
    with pytest.raises(DalilError, match="Write it like http://localhost:8000/v1"):
        load_chat_model("openai:any", base_url=url)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_provider_s_own_server_wants_a_key(provider):
    with pytest.raises(DalilError, match=f"Set {provider.upper()}_API_KEY"):
        load_chat_model(f"{provider}:any")


@pytest.mark.parametrize("provider", ["openai", "ollama", "anthropic"])
def test_a_missing_package_is_named(provider, monkeypatch):
    missing = f"langchain_{provider}"
    monkeypatch.setattr(models, "find_spec", lambda name: None if name == missing else name)
    with pytest.raises(DalilError, match=rf"pip install '\.\[{provider}\]'"):
        load_chat_model(f"{provider}:any")


def test_langchain_itself_may_be_missing(monkeypatch):
    monkeypatch.setattr(models, "find_spec", lambda name: None if name == "langchain" else name)
    with pytest.raises(DalilError, match=r"pip install '\.\[langchain\]'"):
        load_chat_model("ollama:any")


@pytest.mark.parametrize("command", ["ask who?", "serve --port 0"])
def test_without_any_of_it_the_command_says_what_to_install(command, tmp_path):
    code = (
        "import runpy, sys; sys.modules['langchain_core'] = None; "
        "runpy.run_module('ui.cli', run_name='__main__', alter_sys=True)"
    )
    library = Library.open(tmp_path, load_encoder("bundled"), create=True)
    library.add([Article(id="a", text="وصلت القافلة إلى المدينة.", language="ar")])
    library.close()
    done = subprocess.run(
        [sys.executable, "-c", code, "--home", tmp_path, *command.split(), "--llm", "ollama:x"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "pip install '.[ollama]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_provider_that_only_langchain_knows():
    with pytest.raises(DalilError, match="pip install langchain-groq"):
        load_chat_model("groq:any")
    with pytest.raises(DalilError, match="Check the provider's name"):
        load_chat_model("nobody:any")


def test_a_missing_package_needs_no_faked_import():
    """In a process of its own, where Python finds no package of Ollama's."""
    program = (
        "import sys; sys.modules['langchain_ollama'] = None\n"
        "from rag.langchain import load_chat_model\n"
        "load_chat_model('ollama:any')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert "DalilError: The package langchain-ollama is not installed." in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")
@pytest.mark.parametrize("mode", [0o604, 0o602, 0o644])
def test_a_key_file_that_all_may_read(key_file, mode):
    key_file.chmod(mode)
    with pytest.raises(DalilError, match="chmod 600"):
        load_chat_model("openai:any", key_file=key_file)


@pytest.mark.parametrize(
    "text", [b"", b"\n", b"two words", b"\xff\xfe", "مفتاح".encode(), b"a\x07"]
)
def test_a_key_file_without_a_key(key_file, text):
    key_file.write_bytes(text)
    with pytest.raises(DalilError, match="key file") as failed:
        load_chat_model("openai:any", key_file=key_file)
    assert text.strip() == b"" or text.decode("utf-8", "replace") not in str(failed.value)


def test_a_key_file_that_is_not_there(tmp_path):
    with pytest.raises(DalilError, match="cannot be read"):
        load_chat_model("openai:any", key_file=tmp_path / "none")


def test_the_file_wins_over_the_variable(model_server, key_file, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "another-made-up-key")
    server = model_server("english")
    for file in (key_file, None):
        list(
            load_chat_model("openai:any", base_url=server.url("openai"), key_file=file).stream(
                ASKED
            )
        )
    keys = [headers["authorization"] for headers in server.headers]
    assert keys == [f"Bearer {KEY}", "Bearer another-made-up-key"]


@pytest.mark.parametrize(
    ("provider", "variable"), [("openai", "OPENAI_BASE_URL"), ("ollama", "OLLAMA_HOST")]
)
def test_the_provider_s_own_variable_names_the_server(
    model_server, monkeypatch, provider, variable
):
    server = model_server("english")
    address = server.url(provider)
    monkeypatch.setenv(variable, address if provider == "openai" else address.partition("//")[2])
    text = "".join(load_chat_model(f"{provider}:any").stream(ASKED))
    assert text == replies_of("english")[0].whole


def test_no_password_of_the_address_is_told(model_server):
    url = model_server("fails").url("openai").replace("//", "//reader:secret@")
    with pytest.raises(Exception, match=r"failed \(500\)") as failed:
        list(
            load_chat_model("openai:any", base_url=url, limits=models.Limits(retries=0)).stream(
                ASKED
            )
        )
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("provider", ["openai", "ollama"])
def test_a_proxy_has_no_part_in_local_talk(model_server, monkeypatch, provider):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server = model_server("english")
    model = load_chat_model(f"{provider}:any", base_url=server.url(provider))
    assert "".join(model.stream(ASKED)) == replies_of("english")[0].whole


@pytest.mark.parametrize(
    ("provider", "variable"),
    [
        ("openai", "OPENAI_BASE_URL"),
        ("ollama", "OLLAMA_HOST"),
        ("anthropic", "ANTHROPIC_BASE_URL"),
    ],
)
def test_nothing_is_told_to_langsmith(model_server, monkeypatch, provider, variable):
    server = model_server("english")
    with socket.create_server(("127.0.0.1", 0)) as langsmith:
        langsmith.settimeout(0.5)
        address = f"http://127.0.0.1:{langsmith.getsockname()[1]}"
        for name, text in {
            variable: server.url(provider),
            "LANGSMITH_TRACING": "true",
            "LANGSMITH_API_KEY": KEY,
            "LANGSMITH_ENDPOINT": address,
            "LANGSMITH_GATEWAY": address,
        }.items():
            monkeypatch.setenv(name, text)
        list(load_chat_model(f"{provider}:any").stream(ASKED))
        with pytest.raises(TimeoutError):
            langsmith.accept()
    assert len(server.bodies) == 1
    assert KEY not in str(server.headers)


REQUEST = httpx.Request("POST", "http://localhost")
REFUSED = ConnectionRefusedError(111, "refused")


def because(error, cause):
    error.__cause__ = cause
    return error


FAILURES = [
    (because(httpx.ConnectError("all attempts failed"), REFUSED), "refused"),
    (because(OSError("all"), ExceptionGroup("both addresses", [REFUSED, REFUSED])), "refused"),
    (httpx.ConnectTimeout("timed out"), "unreachable"),
    (httpx2.ConnectTimeout("timed out"), "unreachable"),
    (because(httpx.ConnectError("no name"), socket.gaierror(-2, "unknown")), "unreachable"),
    (because(openai.APITimeoutError(REQUEST), httpx2.ReadTimeout("late")), "silent"),
    (httpx.RemoteProtocolError("peer closed"), "broken"),
    (ValueError(f"something about {KEY}"), "broken"),
]


@pytest.mark.parametrize(("error", "reason"), FAILURES)
def test_failures_that_no_scripted_server_has(error, reason):
    told = model_error(error, "localhost:8000")
    assert told.reason == reason
    assert "localhost:8000" in told.sentence
    assert KEY not in told.sentence


@pytest.mark.parametrize(
    ("error", "code"),
    [
        # Of OpenAI and vLLM, llama.cpp, llama-cpp-python and Anthropic, in this order.
        ("This model's maximum context length is 4096 tokens.", "context_length_exceeded"),
        ("request (2230 tokens) exceeds the available context size (2048 tokens)", None),
        ("Requested tokens (2230) exceed context window of 2048", None),
        ("prompt is too long: 210000 tokens > 200000 maximum", None),
    ],
)
@pytest.mark.parametrize("provider", ["openai", "ollama", "anthropic"])
def test_a_prompt_that_is_too_long_is_told_from_other_failures(
    model_server, monkeypatch, provider, error, code
):
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    server = model_server(Reply(status=400, error=error, code=code))
    with pytest.raises(PromptTooLongError, match="too long") as failed:
        list(load_chat_model(f"{provider}:any", base_url=server.url(provider)).stream(ASKED))
    assert failed.value.reason == "broken"
    assert len(server.bodies) == 1


@pytest.mark.parametrize("status", [400, 401, 500])
def test_other_failures_are_no_long_prompt(model_server, status):
    server = model_server(Reply(status=status, error="Unknown parameter: 'temperature'."))
    limits = models.Limits(retries=0)
    with pytest.raises(ModelError) as failed:
        list(
            load_chat_model("openai:any", base_url=server.url("openai"), limits=limits).stream(
                ASKED
            )
        )
    assert not isinstance(failed.value, PromptTooLongError)


def test_one_loop_for_all(model_server):
    server = model_server("english")
    for provider in ("openai", "ollama"):
        list(load_chat_model(f"{provider}:any", base_url=server.url(provider)).stream(ASKED))
    assert [thread.name for thread in threading.enumerate()].count("language models") == 1
