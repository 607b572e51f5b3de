"""A site with news of markets, and a feed that names the first of them."""

import pytest

from tests.fakes.feeds import MARKET, item, rss_page
from tests.fakes.site import Site, article_page


@pytest.fixture
def site():
    pages = {f"/{n}": article_page(f"سوق القرية {n}", MARKET.format(n)) for n in range(70, 79)}
    made = Site({**pages, "/feed": rss_page(item("/70"))})
    yield made
    made.close()
