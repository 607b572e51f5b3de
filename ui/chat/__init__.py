"""The chat page: Gradio carries questions and answers, `static/` shows them.

`page` lays the page out, `conversation` answers, `examples` finds questions to start with, and
`frame` stands between Gradio and the browser.
"""

import os

# Gradio and the hub client it brings look other hosts up unless these are set when it is imported.
os.environ.update(
    GRADIO_ANALYTICS_ENABLED="False",
    HF_HUB_OFFLINE="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    DO_NOT_TRACK="1",
)

from ui.chat.page import mount_chat

__all__ = ["mount_chat"]
