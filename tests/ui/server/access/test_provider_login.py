"""Log-in at a provider of OpenID Connect: a real one on loopback, in good and in bad faith."""

import contextlib
import json
import re
import sqlite3
import time
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import OctKey
from starlette.responses import Response

from corpus.errors import DalilError
from index.store.database import DATABASE
from tests.fakes.oidc_provider import EC, RSA, SECRET, Provider, RSAKey, key_of
from ui.app.app import create_app
from ui.app.run import _check_login
from ui.server.access.accounts import open_accounts
from ui.server.access.attempts import Attempt, AttemptCookie, new_attempt
from ui.server.access.id_tokens import RefusedTokenError, read_keys
from ui.server.access.identity import is_open, is_own
from ui.server.access.members import NotAdmittedError, member
from ui.settings.oidc import OidcSettings, check, client_secret, unsafe_provider
from ui.settings.settings import ServerSettings, Settings

BASE = "http://127.0.0.1"
BACK = f"{BASE}/login/oidc/callback"


@pytest.fixture
def provider(monkeypatch):
    monkeypatch.setenv("DALIL_OIDC_CLIENT_SECRET", SECRET)
    running = Provider()
    yield running
    running.close()


def settings_of(home, issuer, server=None, **more):
    given = {"reader_groups": ("news",), "admin_groups": ("desk",), "label": "Office"} | more
    oidc = OidcSettings(issuer=issuer, client_id="dalil", **given)
    return Settings(Path(home), "bundled", server=server or ServerSettings(), oidc=oidc)


@pytest.fixture
def opened(office, kit):
    """Return a function that gives a client of a server with such settings."""
    with contextlib.ExitStack() as stack:

        def client(issuer, base=BASE, **more):
            settings = settings_of(office, issuer, **more)
            app = create_app(kit.pool_of(office), settings=settings, chat=False)
            return stack.enter_context(
                TestClient(app, base_url=base, client=("127.0.0.1", 50_000), follow_redirects=False)
            )

        yield client


@pytest.fixture
def client(opened, provider):
    return opened(provider.issuer)


def sent(client, following="/", **headers):
    """Return where the provider sends a browser back to that has begun to log in."""
    begun = client.get("/login/oidc", params={"next": following}, headers=headers)
    assert begun.status_code == 303, begun.text
    with httpx.Client(trust_env=False) as browser:
        return browser.get(begun.headers["location"]).headers["location"]


def log_in(client, following="/", **headers):
    return client.get(sent(client, following, **headers), headers=headers)


def fault_of(page):
    return unescape(re.search(r'id="fault">([^<]*)<', page.text)[1]).translate(
        {0x2068: None, 0x2069: None}
    )


def logged(caplog):
    return json.dumps([record.__dict__.get("fields") for record in caplog.records])


def user(home, name):
    accounts = open_accounts(home)
    try:
        return accounts.find(name)
    finally:
        accounts.close()


def reads(client):
    return client.get("/api/articles").status_code == 200


@pytest.mark.parametrize(("algorithm", "key"), [("RS256", RSA), ("ES256", EC)])
def test_whom_the_provider_vouches_for_reads(client, provider, office, algorithm, key):
    provider.algorithm, provider.key = algorithm, key
    assert not reads(client)
    given = log_in(client, "/articles/article-1?version=1")
    assert (given.status_code, given.headers["location"]) == (303, "/articles/article-1?version=1")
    assert client.get(given.headers["location"]).status_code == 200
    assert user(office, "leila.provider").role == "reader"
    (asked,) = provider.asked("token")
    # Neither secret nor verifier is seen by a browser.
    (seen,) = provider.asked("authorize")
    assert seen.fields["code_challenge_method"] == "S256"
    assert seen.fields["scope"] == "openid profile"
    assert asked.fields["code_verifier"] not in json.dumps(seen.fields)
    assert SECRET not in json.dumps(seen.fields)


def test_the_cookies_are_for_nobody_else(client, provider):
    begun = client.get("/login/oidc").headers["set-cookie"].lower()
    assert "httponly" in begun
    assert "samesite=lax" in begun
    given = log_in(client)
    kept = [cookie.lower() for cookie in given.headers.get_list("set-cookie")]
    (session,) = (cookie for cookie in kept if cookie.startswith("dalil-session="))
    assert "httponly" in session
    assert any(c.startswith('dalil-provider=""') and "max-age=0" in c for c in kept)


@pytest.mark.parametrize(("groups", "role"), [
    (["desk"], "admin"), (["chess", "news"], "reader"), (["news", "desk"], "admin"),
    ("news", "reader"),
])  # fmt: skip
def test_groups_become_roles(client, provider, office, groups, role):
    provider.person["groups"] = groups
    assert log_in(client).status_code == 303
    assert user(office, "leila.provider").role == role
    added = client.post("/api/articles", json={"articles": []})
    assert (added.status_code == 403) is (role == "reader")


@pytest.mark.parametrize("groups", [[], ["chess"], None, [7], {"news": 1}, "news desk", ["*"]])
def test_who_is_in_no_group_stays_outside(client, provider, office, groups):
    provider.person["groups"] = groups
    given = log_in(client)
    assert given.status_code == 403
    assert "not in a group that may read" in fault_of(given)
    assert not reads(client)
    assert user(office, "leila.provider") is None


def test_a_group_that_was_left_ends_role_sessions_and_key(client, provider, office):
    provider.person["groups"] = ["desk"]
    log_in(client)
    accounts = open_accounts(office)
    key = accounts.make_key("leila.provider")
    session = {"cookie": f"dalil-session={client.cookies['dalil-session']}"}
    provider.person["groups"] = ["news"]
    log_in(client)
    assert accounts.find("leila.provider").role == "reader"
    provider.person["groups"] = []
    log_in(client)
    assert accounts.account_of_key(key) is None
    client.cookies.clear()
    assert client.get("/api/articles", headers=session).status_code == 401
    accounts.close()


def test_groups_may_lie_deeper_or_be_told_beside_the_token(opened, provider, office):
    client = opened(provider.issuer, groups_claim="realm_access.roles")
    provider.person["groups"] = None
    provider.told = {"sub": "u-7", "realm_access": {"roles": ["news"]}}
    assert log_in(client).status_code == 303
    provider.told["sub"] = "u-8"
    given = log_in(client)
    assert (given.status_code, len(provider.asked("userinfo"))) == (401, 2)


def test_a_star_lets_everybody_in_as_readers(opened, provider, office):
    client = opened(provider.issuer, reader_groups=("*",), admin_groups=())
    provider.person["groups"] = None
    assert log_in(client).status_code == 303
    assert user(office, "leila.provider").role == "reader"


# What a token says, how it is signed; times are seconds from when it is asked for, not from when
# this file was read, which in a long run may be ten minutes before.
FALSE = {
    "nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "audience": {"claims": {"aud": "another"}},
    "audience, though it was asked for by us": {"claims": {"aud": "another", "azp": "dalil"}},
    "asked for by another": {"claims": {"aud": ["dalil", "another"], "azp": "another"}},
    "no audience": {"claims": {"aud": None}},
    "expired": {"claims": {"exp": -600}},
    "no end": {"claims": {"exp": None}},
    "not yet": {"claims": {"nbf": 600}},
    "issuer": {"claims": {"iss": "https://evil.example"}},
    "issuers": {"claims": {"iss": ["https://evil.example"]}},
    "nobody": {"claims": {"sub": None}},
    "no text": {"claims": {"sub": 7}},
    "of another code": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "unsigned": {"algorithm": "none"},
    "unknown key": {"key": key_of(RSAKey, 2048, "rsa-9")},
    "another key under a known name": {"key": key_of(RSAKey, 2048, "rsa-1")},
    "a key of the wrong kind": {"header": {"kid": "ec-1"}},
}


def from_now(claims):
    """Return claims whose times are seconds since 1970 instead of from now."""
    times = {name: int(time.time()) + claims[name] for name in ("exp", "nbf") if claims.get(name)}
    return claims | times


@pytest.mark.parametrize("what", FALSE)
def test_a_token_that_is_not_sound_lets_nobody_in(client, provider, office, what):
    for name, value in FALSE[what].items():
        setattr(provider, name, from_now(value) if name == "claims" else value)
    given = log_in(client)
    assert given.status_code == 401
    assert "could not be believed" in fault_of(given)
    assert "dalil-session=" not in str(given.headers.get_list("set-cookie"))
    assert not reads(client)
    assert user(office, "leila.provider") is None
    # Of an unknown key, the keys are asked for once more, and no more than that.
    assert len(provider.asked("keys")) == (2 if what == "unknown key" else 1)


def test_a_shared_key_signs_nothing(client, provider):
    """The client's secret is known to the client, and public keys to everybody."""
    shared = OctKey.import_key(SECRET, {"kid": "rsa-1"})
    provider.algorithm, provider.key = "HS256", shared
    assert log_in(client).status_code == 401


def test_a_key_that_is_new_is_asked_for(client, provider):
    assert log_in(client).status_code == 303
    provider.key = key_of(RSAKey, 2048, "rsa-2")
    provider.published = [provider.key]
    assert log_in(client).status_code == 303
    assert len(provider.asked("keys")) == 2
    assert len(provider.asked(".well-known/openid-configuration")) == 1


def test_a_single_key_without_a_name_may_change(client, provider):
    provider.header, provider.published = {"kid": None}, [RSA]
    assert log_in(client).status_code == 303
    provider.key = key_of(RSAKey, 2048, "rsa-2")
    provider.published = [provider.key]
    assert log_in(client).status_code == 303


@pytest.mark.parametrize("odd", [
    {"kty": "EC", "crv": "brainpoolP256r1", "x": "AA", "y": "AA"}, {"kty": "AKP", "pub": "AA"},
    {"kty": "OKP", "crv": "X9999", "x": "AA"}, {"kty": ["RSA"]},
    {"kty": "RSA", "n": 7, "e": "AQAB"},
])  # fmt: skip
def test_a_key_of_a_kind_that_is_not_known_spoils_no_other(odd):
    good = RSA.as_dict(private=False)
    assert [key.kid for key in read_keys({"keys": [odd, good]}).keys] == ["rsa-1"]
    with pytest.raises(RefusedTokenError):
        read_keys({"keys": [odd]})


@pytest.mark.parametrize("said", [
    {"more": "x" * (1 << 21)}, {"token_endpoint_auth_methods_supported": 7},
    {"id_token_signing_alg_values_supported": [{}, "RS256"]},
], ids=["huge", "methods", "algorithms"])  # fmt: skip
def test_what_no_provider_says_of_itself_is_no_defect(client, provider, said):
    provider.metadata = said
    if "more" in said:
        assert client.get("/login/oidc").status_code == 503
    else:
        assert log_in(client).status_code == 303


def test_an_answer_that_is_huge_is_not_read_whole(client, provider):
    back = sent(client)
    provider.person["more"] = "x" * (1 << 21)
    assert client.get(back).status_code == 503


def test_json_that_is_too_deep_is_told(client, provider):
    provider.text = "[" * 100_000
    assert client.get("/login/oidc").status_code == 503


@pytest.mark.parametrize("following", ["/?q=" + "%D8%A7" * 250, "/?" + "&" * 1_500])
def test_a_cookie_is_never_longer_than_browsers_keep(following):
    response = Response()
    AttemptCookie(secure=True).keep(response, new_attempt(following, "en"))
    assert len(response.headers["set-cookie"].partition(";")[0]) < 4_096


@pytest.mark.parametrize("change", ["state", "no state", "no cookie", "another's cookie", "twice"])
def test_a_browser_that_was_not_sent_is_not_let_in(client, provider, change):
    """Whoever is logged in as somebody else would show that person what they ask."""
    back = sent(client)
    if change == "state":
        back = re.sub(r"state=[^&]+", "state=made-up", back)
    elif change == "no state":
        back = re.sub(r"&state=[^&]+", "", back)
    elif change == "another's cookie":
        client.cookies.clear()
        client.get("/login/oidc")
    elif change == "no cookie":
        client.cookies.clear()
    else:
        assert client.get(back).status_code == 303
        client.cookies.delete("dalil-session")
    given = client.get(back)
    assert given.status_code == 403
    assert "open for too long" in fault_of(given)
    assert len(provider.asked("token")) == (1 if change == "twice" else 0)
    assert not reads(client)


def test_a_code_of_another_browser_is_worth_nothing(client, provider):
    """Its code was asked for with another verifier."""
    theirs = parse_qs(urlsplit(sent(client)).query)["code"][0]
    mine = re.sub(r"code=[^&]+", f"code={theirs}", sent(client))
    given = client.get(mine)
    assert given.status_code == 401
    assert not reads(client)


def test_a_browser_from_another_provider_is_refused(client, provider):
    back = re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fevil.example", sent(client))
    assert client.get(back).status_code == 401
    assert provider.asked("token") == []


@pytest.mark.parametrize("following", [
    "https://evil.example/", "//evil.example", "/\\evil.example", "/login", "/logout", "",
])  # fmt: skip
def test_a_log_in_leads_to_no_other_site(client, provider, following):
    given = log_in(client, following)
    assert (given.status_code, given.headers["location"]) == (303, "/")


def test_a_cookie_that_was_altered_leads_to_no_other_site(client, provider):
    secret = "planted-secret"
    state = Attempt(secret).state
    client.cookies.set("dalil-provider", f"{secret}.en.https%3A//evil.example/")
    given = client.get("/login/oidc/callback", params={"state": state, "error": "access_denied"})
    assert 'name="next" value="/"' in given.text
    client.cookies.clear()


@pytest.mark.parametrize(("language", "said"), [
    ("en", "Office did not let you in"), ("ar", "لم يسمح لك Office بالدخول"),
])  # fmt: skip
def test_a_refusal_is_told_in_the_readers_language(client, provider, language, said):
    provider.error = "access_denied"
    given = log_in(client, **{"accept-language": language})
    assert given.status_code == 403
    assert said in fault_of(given)


def test_a_language_that_was_chosen_comes_back(client, provider):
    provider.error = "access_denied"
    begun = client.get("/login/oidc", params={"ui": "ar"}).headers["location"]
    with httpx.Client(trust_env=False) as browser:
        back = browser.get(begun).headers["location"]
    assert '<html lang="ar" dir="rtl">' in client.get(back, headers={"accept-language": "en"}).text


def test_what_the_address_says_is_not_told(client, provider, caplog):
    caplog.set_level("INFO", logger="dalil")
    provider.error = "<script>alert(1)</script>"
    given = log_in(client)
    assert "<script" not in given.text
    assert "no code" in logged(caplog)
    assert "script" not in logged(caplog)


def test_without_the_provider_the_form_still_logs_in(opened, provider, kit):
    client = opened(provider.issuer, form=False)
    page = client.get("/login").text
    assert ('id="provider"' in page, 'id="password"' in page) == (True, False)
    provider.close()
    given = client.get("/login/oidc", params={"next": "/articles/article-1"})
    assert given.status_code == 503
    assert "Office cannot be reached" in fault_of(given)
    assert 'name="next" value="/articles/article-1"' in given.text
    key = unescape(re.search(r'name="key" value="([^"]+)"', given.text)[1])
    fields = {"key": key, "name": "leila", "password": kit.password, "next": "/"}
    assert client.post("/login", data=fields).status_code == 303
    assert reads(client)


def test_a_provider_that_goes_down_in_between_is_told(client, provider):
    back = sent(client)
    provider.close()
    given = client.get(back)
    assert given.status_code == 503
    assert "Office cannot be reached" in fault_of(given)


def test_a_browser_that_comes_back_among_too_many_is_shown_a_page(opened, provider, monkeypatch):
    monkeypatch.setattr("ui.server.access.provider_login._MOST_AT_ONCE", 0)
    given = log_in(opened(provider.issuer))
    assert given.status_code == 503
    assert "Try again in a moment" in fault_of(given)
    assert not provider.asked("token")


@pytest.mark.parametrize("metadata", [
    {"issuer": "https://evil.example"}, {"issuer": None}, {"token_endpoint": "ftp://x.example"},
    {"authorization_endpoint": "javascript:alert(1)"}, {"jwks_uri": 7},
])  # fmt: skip
def test_a_provider_that_says_something_else_of_itself_is_not_asked(client, provider, metadata):
    provider.metadata = metadata
    assert client.get("/login/oidc").status_code == 503
    # It is asked again in a while, not by everybody who waits.
    assert client.get("/login/oidc").status_code == 503
    assert len(provider.requests) == 1


def test_the_name_of_a_user_of_this_server_is_not_taken_over(client, provider, office, kit):
    provider.person |= {"preferred_username": "AMAL", "groups": ["desk"]}
    given = log_in(client)
    assert given.status_code == 403
    assert "Another user of this server" in fault_of(given)
    assert not reads(client)
    assert kit.log_in(client, "amal")


def test_somebody_is_known_by_their_subject_not_by_their_name(client, provider, office):
    log_in(client)
    provider.person["preferred_username"] = "leila.married"
    assert log_in(client).status_code == 303
    assert user(office, "leila.married") is None
    provider.person |= {"sub": "u-8", "preferred_username": "Leila.Provider"}
    client.cookies.clear()
    assert log_in(client).status_code == 403
    assert not reads(client)


@pytest.mark.parametrize("name", [None, "", "../etc", "a b", ["leila"], 7, "x" * 65])
def test_a_name_that_no_user_can_have(client, provider, name):
    provider.person["preferred_username"] = name
    given = log_in(client)
    assert given.status_code == 401
    assert "no name that a user" in fault_of(given)


def test_an_address_that_was_not_verified_names_nobody():
    settings = OidcSettings("https://id.example", "dalil", name_claim="email", reader_groups=("*",))
    claims = {"iss": "https://id.example", "sub": "7", "email": "boss@news.example"}
    assert member(claims, settings).name == "boss@news.example"
    with pytest.raises(NotAdmittedError):
        member({**claims, "email_verified": False}, settings)
    with pytest.raises(NotAdmittedError):
        member({**claims, "email_verified": "false"}, settings)


def test_who_logs_in_at_the_provider_has_no_password_here(client, provider, office, quick_refusals):
    log_in(client)
    client.cookies.clear()
    with closing(sqlite3.connect(office / DATABASE)) as connection:
        kept = dict(connection.execute("SELECT name, password FROM users"))["leila.provider"]
    assert "u-7" not in kept
    for password in (kept, "", "u-7"):
        body = {"name": "leila.provider", "password": password}
        assert client.post("/api/login", json=body).status_code == 401
    accounts = open_accounts(office)
    with pytest.raises(DalilError, match="has no password here"):
        accounts.set_password("leila.provider", "x")
    accounts.close()


def test_a_log_in_ends_the_session_before_it(client, provider, kit):
    before = kit.log_in(client, "omar")
    client.cookies.set("dalil-session", before["cookie"].partition("=")[2])
    log_in(client)
    client.cookies.clear()
    assert client.get("/api/articles", headers=before).status_code == 401


def test_the_log_out_is_the_providers_too(client, provider):
    log_in(client)
    left = client.post("/logout")
    assert left.status_code == 200
    assert '"storage"' in left.headers["clear-site-data"]
    address = unescape(re.search(r'content="0; url=([^"]+)"', left.text)[1])
    assert address.startswith(f"{provider.issuer}/leave?")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked["post_logout_redirect_uri"] == f"{BASE}/login"
    assert (asked["client_id"], asked["id_token_hint"].count(".")) == ("dalil", 2)
    assert not reads(client)


@pytest.mark.parametrize("case", ["not offered", "no address of the web", "local"])
def test_a_log_out_that_the_provider_has_no_part_in(client, provider, kit, case):
    if case == "not offered":
        provider.metadata = {"end_session_endpoint": None}
    elif case == "no address of the web":
        provider.metadata = {"end_session_endpoint": "javascript:alert(1)"}
    log_in(client)
    headers = kit.log_in(client, "leila") if case == "local" else {}
    left = client.post("/logout", headers=headers)
    assert (left.status_code, left.headers["location"]) == (303, "/login")


def test_tries_are_slowed_by_address(client, provider):
    provider.claims = {"nonce": "another"}
    statuses = [log_in(client).status_code for _ in range(22)]
    assert statuses[:19] == [401] * 19
    assert statuses[-1] == 429
    assert len(provider.asked("token")) < 22


def test_neither_log_nor_answer_holds_code_secret_or_token(client, provider, caplog):
    caplog.set_level("DEBUG", logger="dalil")
    given = log_in(client)
    provider.claims = {"aud": "another"}
    refused = log_in(client)
    codes = [request.fields["code"] for request in provider.asked("token")]
    told = logged(caplog) + given.text + refused.text + str(given.headers) + str(refused.headers)
    assert "aud" in logged(caplog)
    for hidden in (*codes, SECRET, "access-7", "eyJ"):
        assert hidden not in told


@pytest.mark.parametrize("secret", ["plain", SECRET, None])
@pytest.mark.parametrize("methods", [None, ["client_secret_post"], ["client_secret_basic"]])
def test_the_client_shows_its_secret_as_the_provider_wants(
    opened, provider, tmp_path, monkeypatch, secret, methods
):
    monkeypatch.delenv("DALIL_OIDC_CLIENT_SECRET")
    provider.secret = secret
    if methods:
        provider.metadata = {"token_endpoint_auth_methods_supported": methods}
    file = tmp_path / "secret"
    file.write_text(f"{secret}\n", encoding="utf-8")
    file.chmod(0o600)
    client = opened(provider.issuer, client_secret_file=file if secret else None)
    assert log_in(client).status_code == 303


def test_the_address_to_come_back_to_is_the_one_that_readers_type(opened, provider):
    base = "https://dalil.example"
    client = opened(provider.issuer, base, server=ServerSettings(base_url=base))
    begun = client.get("/login/oidc")
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["redirect_uri"] == [f"{base}/login/oidc/callback"]
    assert begun.headers["set-cookie"].startswith("__Host-dalil-provider=")
    assert "secure" in begun.headers["set-cookie"].lower()
    given = log_in(client)
    assert given.status_code == 303
    assert any(c.startswith("__Host-dalil-session=") for c in given.headers.get_list("set-cookie"))


def test_a_server_with_a_provider_is_open_to_nobody(home):
    settings = settings_of(home, "https://id.example")
    assert not is_open(settings)
    assert not is_own(settings)
    waived = ServerSettings(host="0.0.0.0", without_login=True)
    assert not is_open(settings_of(home, "https://id.example", server=waived))
    _check_login(settings_of(home, "https://id.example", server=ServerSettings(host="0.0.0.0")))


def test_the_first_to_log_in_finds_no_library(provider, home, kit):
    settings = settings_of(home, provider.issuer)
    app = create_app(kit.pool_of(home), settings=settings, chat=False)
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        assert log_in(client).status_code == 303
    assert user(home, "leila.provider").role == "reader"


def test_doctor_says_why_a_server_would_not_start(tmp_path):
    bad = tmp_path / "none"
    (said,) = unsafe_provider(OidcSettings("https://id.example", reader_groups=("news",)))
    assert "oidc.client_id" in said
    given = OidcSettings("https://id.example", "dalil", bad, admin_groups=("desk",))
    (said,) = unsafe_provider(given)
    assert "client_secret_file" in said


def test_settings_with_which_nobody_could_log_in(tmp_path):
    with pytest.raises(DalilError, match=r"oidc\.client_id"):
        check(OidcSettings("https://id.example", admin_groups=("desk",)))
    with pytest.raises(DalilError, match="no group is let in"):
        check(OidcSettings("https://id.example", "dalil"))
    check(OidcSettings())
    star = OidcSettings("https://id.example", "dalil", reader_groups=("*",), admin_groups=("*",))
    assert len(list(unsafe_provider(star))) == 2


@pytest.mark.parametrize(("mode", "text", "said"), [
    (0o644, "made-up", "chmod 600"), (0o600, "", "holds no secret"),
    (0o600, "a\nb", "holds no secret"), (None, "", "cannot be read"),
])  # fmt: skip
def test_a_secret_that_others_can_read_or_that_is_none(tmp_path, mode, text, said):
    file = tmp_path / "secret"
    if mode is not None:
        file.write_text(text)
        file.chmod(mode)
    with pytest.raises(DalilError, match=said) as refused:
        client_secret(OidcSettings(client_secret_file=file), {})
    assert "made-up" not in str(refused.value)
