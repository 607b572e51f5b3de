"""Which addresses of articles a reader may be sent to."""

import pytest

from ui.server.articles.links import web_link


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
