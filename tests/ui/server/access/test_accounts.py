"""Where users are kept."""

import stat

from ui.server.access.accounts import open_accounts


def test_a_library_that_begins_with_a_user_is_its_owners_alone(tmp_path):
    open_accounts(tmp_path / "home", create=True).close()
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
