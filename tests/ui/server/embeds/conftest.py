"""A server with embeds of the demo collection, and pages of other sites that use it."""

from contextlib import closing
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from index.filters import Filters
from ui.app.app import create_app
from ui.server.embeds.embeds import Embeds, Plan
from ui.settings.settings import ServerSettings, Settings

ORIGIN = "https://intranet.example"


class Site:
    """A page of `ORIGIN` and the keeper of the server it asks."""

    def __init__(self, home, client):
        self.home, self.client = home, client

    def make(self, *outlets, origins=(ORIGIN,), **plan):
        with closing(Embeds.open(self.home)) as embeds:
            return embeds.create(Plan(origins, Filters(outlets=outlets), **plan)).id

    def revoke(self, embed):
        with closing(Embeds.open(self.home)) as embeds:
            embeds.revoke(embed)

    def greet(self, embed, origin=ORIGIN, method="GET"):
        return self.client.request(method, f"/embed/{embed}", headers=_headers(origin))

    def ask(self, embed, question="?", history=(), origin=ORIGIN, body=None, **headers):
        return self.client.post(
            f"/embed/{embed}/ask",
            json=body or {"question": question, "history": list(history)},
            headers={**_headers(origin), **headers},
        )

    def preflight(self, embed, origin=ORIGIN):
        wanted = {
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        }
        return self.client.options(f"/embed/{embed}/ask", headers={**_headers(origin), **wanted})


def _headers(origin):
    return {} if origin is None else {"Origin": origin}


@pytest.fixture(scope="session")
def site_of(kit):
    """Open a site on a library; `pool` take the place of its own."""

    def open_site(home, pool=None, chat=False, **server):
        settings = Settings(home, server=ServerSettings(**server))
        app = create_app(pool or kit.pool_of(home), settings=settings, chat=chat)
        client = TestClient(app, base_url=kit.base, raise_server_exceptions=False)
        return client, Site(home, client)

    return open_site


@pytest.fixture(scope="session")
def site(site_of, demo_home):
    client, site = site_of(demo_home, chat=True)
    with client:
        yield site


@pytest.fixture(scope="session")
def page():
    return SimpleNamespace(origin=ORIGIN, Site=Site)
