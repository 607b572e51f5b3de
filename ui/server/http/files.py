"""Scripts and styles of pages, served from a folder."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from fastapi.staticfiles import StaticFiles


class FreshFiles(StaticFiles):
    """Files that browsers ask for anew each time, so that an upgrade reaches them whole."""

    def file_response(self, *arguments: Any, **options: Any) -> Response:  # noqa: ANN401
        """Return a file that is kept only as long as it is still the same."""
        response = super().file_response(*arguments, **options)
        response.headers["Cache-Control"] = "no-cache"
        return response
