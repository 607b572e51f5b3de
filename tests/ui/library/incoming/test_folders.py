"""Folders by HTTP: followed and no longer, with what came of them; which may not be."""

from urllib.parse import quote

import pytest

from index import Library, load_encoder
from ui.folders.sync import follow_once


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "أخبار"
    folder.mkdir()
    (folder / "rain.txt").write_text("Rain fell on the plain of Dara for two days.")
    (folder / "empty.md").write_text("")
    return folder


def path_of(folder):
    return f"/api/library/folders/{quote(str(folder), safe='')}"


def listed(client):
    return client.get("/api/library/folders").json()["folders"]


def test_a_folder_is_followed_and_no_longer(client, home, folder):
    assert listed(client) == []
    made = client.post("/api/library/folders", json={"path": f" {folder}/ "}).json()
    assert (made["path"], made["followed"], made["fixed"]) == (str(folder), True, False)
    assert (made["checked_at"], made["articles"], made["failed"]) == (None, 0, [])
    assert client.post("/api/library/folders", json={"path": str(folder)}).json() == made
    library = Library.open(home, load_encoder("bundled"))
    follow_once(library, [folder])
    library.close()
    (state,) = listed(client)
    assert (state["followed"], state["articles"], state["failures"]) == (True, 1, 1)
    (unread,) = state["failed"]
    assert (unread["file"], "empty" in unread["error"]) == (str(folder / "empty.md"), True)
    stopped = client.delete(path_of(folder)).json()
    assert stopped == {**state, "followed": False}
    # It is known as one that was followed, and its articles stay.
    assert listed(client) == [stopped]
    assert client.get("/api/library").json()["articles"] == 1
    assert client.delete(path_of(folder)).status_code == 404
    assert client.post("/api/library/folders", json={"path": str(folder)}).json() == state


def test_what_cannot_be_followed_is_told(client, home, folder, kit, article):
    kit.add(home, article())
    for path, why in (
        ("news", "whole path"), (str(folder / "rain.txt"), "no folder"), ("/no/such", "no folder"),
        (str(home), "library itself"), (str(home / "derived"), "library itself"),
        ("\0", "whole path"), (f"{folder}\0", "no folder"), ("/" + "x" * 4_000, "no folder"),
        ("~nobody-here/news", "whole path"),
    ):  # fmt: skip
        refused = client.post("/api/library/folders", json={"path": path})
        assert (refused.status_code, why in refused.json()["error"]) == (422, True), path
    assert client.post("/api/library/folders", json={}).status_code == 422
    assert client.delete("/api/library/folders/").status_code == 404
    assert listed(client) == []


def test_a_folder_of_the_settings_is_ended_there(home, folder, kit):
    with kit.client_with(home, watch=(folder,)) as client:
        (state,) = listed(client)
        assert (state["path"], state["followed"], state["fixed"]) == (str(folder), True, True)
        assert client.post("/api/library/folders", json={"path": str(folder)}).json() == state
        refused = client.delete(path_of(folder))
        assert (refused.status_code, "server.watch" in refused.json()["error"]) == (422, True)
    # Named by the setting alone, it is not kept.
    with kit.client_of(home) as client:
        assert listed(client) == []
