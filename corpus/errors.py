"""The one exception whose message is meant for the person at the keyboard."""

from __future__ import annotations


class DalilError(Exception):
    """A mistake or fault the user can mend; its text is a sentence with a remedy.

    The edges (command line, HTTP, chat) turn it into an exit code, a status or a message.
    Anything else that escapes is a defect of Dalil.
    """
