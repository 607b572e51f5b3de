"""Which addresses of articles a reader may be sent to."""

import pytest

from ui.server.articles.links import web_link, without_name


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "JAVASCRIPT://example.org/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/x",
        "http:alert(1)",
        "https://[",
        "https://news.example\\@evil.example/",
        "https://name@/a",
    ],
)
def test_no_link_leads_where_no_page_of_the_web_is(url):
    assert web_link(url) is None


@pytest.mark.parametrize(
    "url",
    ["https://example.org", "http://example.org:8080/a?b=1#c", "HTTPS://مثال.example/خبر"],
)
def test_pages_of_the_web_are_linked_as_they_are(url):
    assert web_link(url) == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://news.example@evil.example/a", "https://evil.example/a"),
        ("http://amal:secret@10.0.0.7:8080/a?b@c#d@e", "http://10.0.0.7:8080/a?b@c#d@e"),
        ("https://a@b@evil.example", "https://evil.example"),
        ("https://example.org/@amal", "https://example.org/@amal"),
    ],
)
def test_names_before_a_host_are_left_out(url, shown):
    assert web_link(url) == shown


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("ftp://amal:secret@files.example/a.txt", "ftp://files.example/a.txt"),
        (" HTTPS://amal:secret@a@evil.example", " HTTPS://evil.example"),
        ("https:/\\amal:secret@evil.example/@b", "https:/\\evil.example/@b"),
        ("https://amal:secret@/a", "https:///a"),
        ("https://a.example?to=b@c", "https://a.example?to=b@c"),
        ("news/2020@april.md", "news/2020@april.md"),
        ("mail of amal@example.org", "mail of amal@example.org"),
        (None, None),
    ],
)
def test_what_is_no_link_is_shown_without_a_name_before_its_host(place, shown):
    assert without_name(place) == shown
