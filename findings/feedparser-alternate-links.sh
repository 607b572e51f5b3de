#!/usr/bin/env bash
# feedparser 6.0.14: an Arabic entry's link is its English page, and its time is three hours late.
#
# Atom lets an entry have several alternate links, one for each language (RFC 4287, 4.2.7.2). `entry.link`
# becomes the last of them, whatever the feed's own language is; the guess would be the first, or the one
# in the language of the feed. Whoever follows the link to quote the Arabic article quotes its English
# translation. All links stand in `entry.links`, with `hreflang`, in their order.
# In RSS the time zones that the Levant and its neighbours write, EET, EEST and MSK, count as UTC, without
# a word; American ones of the same standard count as they are. Shown in local time again, whatever is from
# after nine in the evening is from the next day.
#
# Seen:
#   ar then en    news.example/en/1
#   en then ar    news.example/ar/1
#   +0300         2020-04-18 21:30
#   EEST          2020-04-19 00:30
#   EST           2020-04-19 05:30
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'feedparser==6.0.14'
PYTHONUTF8=1 "$folder/bin/python" - <<'PYTHON'
import io
import time

import feedparser

SITE = "https:/" + "/news.example"
ATOM = """<feed xmlns="http:/{slash}www.w3.org/2005/Atom" xml:lang="ar"><id>f</id><title>وكالة</title>
<updated>2020-04-18T00:00:00Z</updated><entry><id>1</id><title>خبر</title>
<updated>2020-04-18T00:00:00Z</updated>{links}</entry></feed>"""
RSS = """<rss version="2.0"><channel><title>وكالة</title><item><title>خبر</title>
<pubDate>Sun, 19 Apr 2020 00:30:00 {zone}</pubDate></item></channel></rss>"""


def first(text):
    return feedparser.parse(io.BytesIO(text.encode())).entries[0]


for order, expected in {("ar", "en"): "en", ("en", "ar"): "ar"}.items():
    links = "".join(
        f'<link rel="alternate" type="text/html" hreflang="{one}" href="{SITE}/{one}/1"/>'
        for one in order
    )
    found = first(ATOM.format(slash="/", links=links)).link
    print(f"{' then '.join(order):12}  {found}")
    assert found == f"{SITE}/{expected}/1"

for zone, expected in {
    "+0300": "2020-04-18 21:30",
    "EEST": "2020-04-19 00:30",
    "EST": "2020-04-19 05:30",
}.items():
    found = time.strftime("%Y-%m-%d %H:%M", first(RSS.format(zone=zone)).published_parsed)
    print(f"{zone:12}  {found}")
    assert found == expected
PYTHON
