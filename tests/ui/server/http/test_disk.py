"""A disk that fails under the server is told as that; another fault stays one."""

import errno

import pytest

from ui.server.http.workers import WorkerPool


def failing(number):
    def open_service():
        raise OSError(number, "No space left on device")

    return WorkerPool(open_service)


ASKED = [("GET", "/api/articles", {}), ("POST", "/api/ask", {}),
         ("POST", "/api/ask", {"accept": "text/event-stream"})]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "headers"), ASKED)
@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 503), (errno.EMFILE, 500)])
def test_a_full_disk_is_no_defect(kit, home, method, path, headers, number, status):
    body = {"json": {"question": "?"}} if method == "POST" else {}
    with kit.client_with(home, pool=failing(number), without_login=True) as client:
        told = client.request(method, path, headers=headers, **body)
    assert told.status_code == status
    said = told.json()["error"]
    assert ("No space left on device" in said) == (status == 503)
    assert ("Something went wrong" in said) == (status == 500)
