"""The OpenAPI document keeps its word for the page of an embed too."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@pytest.fixture(scope="module")
def document(site):
    async def app(scope, receive, send):
        if scope["type"] != "lifespan":
            await site.client.app(scope, receive, send)
            return
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})

    return schemathesis.openapi.from_asgi("/api/openapi.json", app, headers={"Host": "127.0.0.1"})


@pytest.mark.parametrize(("method", "path"), [("GET", "/embed/{id}"), ("POST", "/embed/{id}/ask")])
def test_an_embed_does_what_its_document_says(document, site, page, method, path):
    embed = site.make(per_client=10_000, per_minute=10_000)
    statuses = set()

    @settings(
        max_examples=25,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case):
        case.path_parameters["id"] = embed
        headers = {"Host": "127.0.0.1", "Origin": page.origin}
        statuses.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

    strategy = document[path][method].as_strategy
    given(case=strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))(check)()
    assert 200 in statuses
    assert statuses <= {200, 422}
