"""The widget: `/widget.js`, one script that any page may load to put a chat into itself."""

from __future__ import annotations

import hashlib

from fastapi import FastAPI, Request, Response

from ui.widget.bundle import widget_script

PATH = "/widget.js"


def add_widget(app: FastAPI) -> None:
    """Serve the widget's script in `app`, to pages of every origin."""
    script = widget_script()
    headers = {
        "ETag": f'"{hashlib.sha256(script).hexdigest()[:32]}"',
        # Asked for anew each time, so that an upgrade reaches every page.
        "Cache-Control": "no-cache",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }

    @app.api_route(PATH, methods=["GET", "HEAD"], include_in_schema=False)
    async def widget(request: Request) -> Response:
        known = request.headers.get("if-none-match", "")
        if headers["ETag"] in known:
            return Response(status_code=304, headers=headers)
        return Response(script, media_type="text/javascript", headers=headers)
