"""The folders that a server follows are kept with the library."""

from index.store.database import DATABASE, Store
from index.store.followed import FollowedFolders


def test_folders_are_followed_and_no_longer(tmp_path):
    Store(tmp_path / DATABASE, create=True).close()
    followed = FollowedFolders.open(tmp_path)
    assert followed.paths() == []
    for path in ("/srv/news", "/srv/أخبار", "/srv/news"):
        followed.add(path)
    followed.close()
    again = FollowedFolders.open(tmp_path)
    assert again.paths() == ["/srv/news", "/srv/أخبار"]
    assert (again.remove("/srv/news"), again.remove("/srv/news")) == (True, False)
    assert again.paths() == ["/srv/أخبار"]
    again.close()
