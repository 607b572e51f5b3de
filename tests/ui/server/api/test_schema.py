"""The OpenAPI document keeps its word, whatever is sent: schemathesis tries."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

HEADERS = {"Host": "127.0.0.1"}
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
)
# Nothing can be wrong with a request that has no parts, or an id alone, or for who has nothing.
PARTLESS = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/v1/models"),
    ("GET", "/v1/models/{name}"),
    ("GET", "/api/library"),
    ("GET", "/api/library/articles.jsonl"),
    ("GET", "/api/library/unanswered"),
    ("GET", "/api/library/withdrawn"),
    ("DELETE", "/api/library/withdrawn/{id}"),
    ("GET", "/api/library/feeds"),
    ("DELETE", "/api/library/feeds/{url}"),
    ("GET", "/api/library/folders"),
    ("DELETE", "/api/library/folders/{path}"),
}
OPERATIONS = [
    ("POST", "/api/ask"),
    ("GET", "/api/answers/{id}"),
    ("POST", "/api/answers/{id}/feedback"),
    ("GET", "/api/articles"),
    ("GET", "/api/articles/{id}"),
    ("POST", "/api/articles"),
    ("DELETE", "/api/articles/{id}"),
    ("GET", "/api/library"),
    ("GET", "/api/library/articles.jsonl"),
    ("GET", "/api/library/unanswered"),
    ("POST", "/api/conversation.docx"),
    ("POST", "/api/library/edits"),
    ("POST", "/api/conversation.md"),
    ("GET", "/api/conversations"),
    ("GET", "/api/conversations/{id}"),
    ("PATCH", "/api/conversations/{id}"),
    ("DELETE", "/api/conversations/{id}"),
    ("GET", "/api/library/withdrawn"),
    ("PUT", "/api/library/withdrawn/{id}"),
    ("DELETE", "/api/library/withdrawn/{id}"),
    ("POST", "/api/library/links"),
    ("GET", "/api/library/feeds"),
    ("POST", "/api/library/feeds"),
    ("PATCH", "/api/library/feeds/{url}"),
    ("DELETE", "/api/library/feeds/{url}"),
    ("GET", "/api/library/folders"),
    ("POST", "/api/library/folders"),
    ("DELETE", "/api/library/folders/{path}"),
    ("POST", "/api/login"),
    ("GET", "/api/gloss"),
    ("POST", "/api/translations"),
    ("GET", "/api/suggestions"),
    ("GET", "/api/search"),
    ("POST", "/v1/chat/completions"),
    ("GET", "/v1/models"),
    ("GET", "/v1/models/{name}"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    # Of no embed that there is; `embeds/test_document.py` tries one.
    ("GET", "/embed/{id}"),
    ("POST", "/embed/{id}/ask"),
]


@pytest.fixture(scope="module")
def document(demo):
    """The document of an application that schemathesis cannot stop between two tests."""

    async def app(scope, receive, send):
        if scope["type"] != "lifespan":
            await demo.app(scope, receive, send)
            return
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})

    return schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=HEADERS)


def test_every_operation_is_tried(demo):
    paths = demo.get("/api/openapi.json").json()["paths"]
    assert {(m.upper(), p) for p, methods in paths.items() for m in methods} == set(OPERATIONS)


@pytest.mark.usefixtures("quick_refusals")
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_does_what_its_document_says(document, demo, method, path):
    @settings(
        max_examples=25,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case):
        case.call_and_validate(headers=HEADERS, checks=CHECKS)

    strategy = document[path][method].as_strategy
    given(case=strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))(check)()
    if (method, path) not in PARTLESS:
        given(case=strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))(check)()
