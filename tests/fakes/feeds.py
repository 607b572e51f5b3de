"""Feeds as sites write them, put together by the tests."""

from tests.fakes.site import Page

NAMES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)
XML = {"Content-Type": "application/rss+xml"}
# The news of a village, by its number.
MARKET = "أعلنت بلدية القرية رقم {0} فتح السوق.\nوباعت {0} عائلات القمح في السوق الجديدة يوم الأحد."


def rss(*items, title="مثال نيوز", language="ar"):
    head = f"<title>{title}</title><language>{language}</language>"
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0" {NAMES}><channel>{head}{body}</channel></rss>'


def rss_page(*items, **headers):
    return Page(rss(*items).encode(), headers=XML | headers)


def item(link, title="خبر", date="Sat, 18 Apr 2020 10:00:00 +0300", more=""):
    return f"<title>{title}</title><link>{link}</link><pubDate>{date}</pubDate>{more}"
