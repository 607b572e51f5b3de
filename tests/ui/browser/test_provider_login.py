"""Logging in at a provider of OpenID Connect and out again, in a browser, in both languages."""

import re

import pytest

from tests.fakes.oidc_provider import SECRET, Provider
from ui.settings.oidc import OidcSettings


@pytest.fixture(scope="module")
def provider():
    running = Provider(asks=True)
    yield running
    running.close()


@pytest.fixture(scope="module")
def site(make_site, demo_library, provider, tmp_path_factory):
    file = tmp_path_factory.mktemp("secret") / "secret"
    file.write_text(SECRET, encoding="utf-8")
    file.chmod(0o600)
    oidc = OidcSettings(provider.issuer, "dalil", file, "Office", reader_groups=("news",))
    return make_site(filled=demo_library, oidc=oidc)


def test_in_by_the_provider_and_out_of_both(visits, page, site, provider):
    # Who leaves while questions are still being tried breaks that off, and Gradio's script says so.
    visits.allowed.append("AbortError|errored out|404")
    href = "/articles/nowhere%2Fat%20all?version=2&ui=en"
    page.goto(f"{site.url}{href}")
    page.get_by_role("link", name="Sign in with").click()
    page.wait_for_url(f"{provider.issuer}/authorize?**")
    page.locator("#allow").click()
    page.wait_for_url(f"**{href}")
    page.goto(f"{site.url}/en/")
    page.wait_for_selector("body[data-opened]", state="attached")
    assert page.locator("#who bdi").text_content() == "leila.provider"
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    (left,) = provider.asked("leave")
    assert left.fields["post_logout_redirect_uri"] == f"{site.url}/login"
    page.goto(f"{site.url}/en/")
    assert "/login?next=" in page.url


@pytest.mark.parametrize(("locale", "label", "direction", "fault"), [
    ("en-GB", "Sign in with Office", "ltr", "did not let you in"),
    ("ar-SY", "تسجيل الدخول عبر Office", "rtl", "لم يسمح لك"),
])  # fmt: skip
def test_the_button_and_a_refusal_are_accessible(
    visits, site, provider, assert_accessible, schemes, locale, label, direction, fault, monkeypatch
):
    visits.allowed.append("403")
    monkeypatch.setattr(provider, "error", "access_denied")
    page = visits.page(locale=locale)
    page.goto(f"{site.url}/login")
    assert page.locator("html").get_attribute("dir") == direction
    assert re.sub("[\u2068\u2069]", "", page.locator("#provider").text_content()) == label
    page.locator("#provider").focus()
    page.keyboard.press("Enter")
    page.locator("#allow").click()
    page.locator("[role=alert]").wait_for()
    assert fault in page.locator("#fault").text_content()
    assert page.locator("#password").count() == 1
    for _ in schemes(page):
        assert_accessible(page)
