"""Headers that only a reverse proxy may send, from it and from others."""

import pytest

PROXY, STRANGER = "10.0.0.7", "192.0.2.66"
SINGLE_SIGN_ON = {
    "trusted_proxies": ("10.0.0.0/24", "2001:db8::/32"),
    "identity_header": "X-Remote-User",
}


def statuses(kit, home, peer, headers, **server):
    with kit.client_with(home, peer=peer, **(SINGLE_SIGN_ON | server)) as client:
        read = client.get("/api/articles", headers=headers).status_code
        removed = client.delete("/api/articles/article-1", headers=headers).status_code
    return read, removed


@pytest.mark.parametrize(
    ("peer", "name", "expected"),
    [
        (PROXY, "amal", (200, 200)),
        ("2001:db8::1", "AMAL", (200, 200)),
        (PROXY, "leila", (200, 403)),
        # The proxy knows more people than the library does.
        (PROXY, "guest@example.org", (200, 403)),
        (PROXY, "زائر".encode(), (200, 403)),
        (STRANGER, "amal", (401, 401)),
        ("127.0.0.1", "amal", (401, 401)),
        ("", "amal", (401, 401)),
        (PROXY, "", (401, 401)),
        (PROXY, "<script>", (401, 401)),
        (PROXY, "embed:abc", (401, 401)),
    ],
)
def test_a_name_counts_from_a_listed_proxy_only(office, kit, peer, name, expected):
    assert statuses(kit, office, peer, {"X-Remote-User": name}) == expected


@pytest.mark.parametrize(
    "server",
    [{"trusted_proxies": ()}, {"identity_header": None}, {"identity_header": "X-Other"}],
)
def test_a_name_counts_for_nothing_where_no_proxy_is_set_up(office, kit, server):
    peer = PROXY if server.get("trusted_proxies", True) else STRANGER
    assert statuses(kit, office, peer, {"X-Remote-User": "amal"}, **server) == (401, 401)


def test_a_name_that_is_said_twice_is_nobodys(office, kit):
    with kit.client_with(office, peer=PROXY, **SINGLE_SIGN_ON) as client:
        twice = [("X-Remote-User", "leila"), ("X-Remote-User", "amal")]
        assert client.get("/api/articles", headers=twice).status_code == 401


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host"]
)
def test_a_forged_address_makes_nobody_a_proxy(office, kit, header):
    headers = {"X-Remote-User": "amal", header: PROXY}
    assert statuses(kit, office, STRANGER, headers) == (401, 401)


def test_a_real_server_believes_no_proxy_that_is_not_listed(office, kit):
    """uvicorn believes 127.0.0.1 unless it is told not to."""
    from ui.app.app import create_app

    pool = kit.pool_of(office)
    settings = kit.settings_of(office, **SINGLE_SIGN_ON)
    forged = {"X-Forwarded-For": PROXY, "X-Forwarded-Proto": "https", "X-Remote-User": "amal"}
    with (
        kit.live(create_app(pool, settings=settings), pool) as address,
        kit.web(address, headers=forged) as client,
    ):
        assert client.get("/api/articles").status_code == 401
        assert client.get("/").headers["location"].startswith("/login")


def test_a_forged_host_is_in_no_page(open_office, kit):
    headers = kit.log_in(open_office, "leila")
    forged = {**headers, "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    for path in ("/articles/article-1", "/en/", "/en/config", "/login"):
        given = open_office.get(path, headers=forged)
        assert given.status_code == 200
        assert "evil.example" not in given.text


def test_a_server_for_others_starts_with_a_log_in_or_a_waiver_only(home, office, kit, tmp_path):
    import threading

    from corpus.errors import DalilError
    from ui.app.run import serve

    open_to_others = [
        {"host": "0.0.0.0"}, {"host": "192.0.2.1"}, {"hosts": ("dalil.example",)},
        {"base_url": "https://dalil.example"}, {"trusted_proxies": ("127.0.0.1",)},
        {"host": "0.0.0.0", "identity_header": "X-Remote-User"},
    ]  # fmt: skip
    empty = tmp_path / "empty"
    # Servers of other tests may hold threads in this process too.
    before = set(threading.enumerate())
    for server in open_to_others:
        with pytest.raises(DalilError, match="dalil user add"):
            serve(kit.settings_of(empty, port=0, **server), (), lambda _: None)
    assert set(threading.enumerate()) <= before
    with kit.client_with(empty, host="0.0.0.0", without_login=True) as client:
        assert client.get("/api/articles").status_code == 200
    with kit.client_with(office, host="0.0.0.0", without_login=True) as client:
        assert client.get("/api/articles").status_code == 401


@pytest.mark.parametrize(
    ("server", "host", "expected"),
    [
        ({}, "dalil.example", 403),
        ({"hosts": ("dalil.example",)}, "dalil.example", 200),
        ({"hosts": ("dalil.example",)}, "evil.example", 403),
        ({"base_url": "https://dalil.example"}, "DALIL.example", 200),
        ({"host": "192.0.2.7"}, "192.0.2.7:7860", 200),
        ({"host": "0.0.0.0"}, "0.0.0.0", 403),
    ],
)
def test_the_server_answers_under_its_names_only(home, kit, server, host, expected):
    with kit.client_with(home, **server) as client:
        assert client.get("/healthz", headers={"host": host}).status_code == expected


def test_a_page_that_came_without_tls_sends_nothing_to_a_server_with_it(home, kit):
    with kit.client_with(home, base_url="https://dalil.example") as client:
        for origin, expected in (("https://dalil.example", 200), ("http://dalil.example", 403)):
            headers = {"host": "dalil.example", "origin": origin}
            assert client.get("/healthz", headers=headers).status_code == expected
