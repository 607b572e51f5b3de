"""Links from an embed to articles: each opens one passage, for one embed, and cannot be altered."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from urllib.parse import urlencode

from rag.answer import Answer, Event, Json
from ui.server.articles.links import id_in_path, span_in_query, web_link


@dataclass(frozen=True, slots=True)
class EmbedLink:
    """A passage as a link names it; numbers are kept as they are written there.

    `focus` is the span of the words that answer, empty if unknown, as in older links.
    """

    embed_id: str
    article_id: str
    version: str
    start: str
    end: str
    focus: str = ""

    def signature(self, key: bytes) -> str:
        """Return the HMAC-SHA256 of the link, hexadecimal.

        >>> EmbedLink("e", "a", "1", "0", "9").signature(b"key")[:16]
        'd743cd54a49d47cd'
        """
        parts = [self.embed_id, self.article_id, self.version, self.start, self.end]
        if self.focus:
            parts.append(self.focus)
        # As a list in JSON, no two different lists of parts are the same message.
        return hmac.new(key, json.dumps(parts).encode(), hashlib.sha256).hexdigest()

    def signed_by(self, key: bytes, signature: str) -> bool:
        """Tell whether a signature is this link's, in the same time whichever it is."""
        return hmac.compare_digest(self.signature(key).encode(), signature.encode())

    def address(self, key: bytes) -> str:
        """Return path and query of the article view."""
        fields = {"version": self.version, "start": self.start, "end": self.end}
        if self.focus:
            fields["focus"] = self.focus
        query = urlencode({**fields, "key": self.signature(key)})
        return f"/embed/{self.embed_id}/articles/{id_in_path(self.article_id)}?{query}"


@dataclass(frozen=True, slots=True)
class Linker:
    """Writes what an embed's page is told: the contract's shapes, each passage with a link."""

    embed_id: str
    key: bytes

    def event(self, event: Event) -> Json:
        """Return the fields of an event, with links."""
        if event.answer is not None:
            return self.answer(event.answer)
        return event.as_json() if event.citation is None else self._linked(event.as_json())

    def answer(self, answer: Answer) -> Json:
        """Return an answer with links, and without what only its keeper can use.

        No route of an embed takes an answer's id, and the notice of an answer that found nothing
        is for who fills the library.
        """
        notice = answer.notice if answer.citations or answer.related else None
        fields = {**answer.as_json(), "answer_id": None, "notice": notice}
        for name in ("citations", "related", "possible"):
            fields[name] = [self._linked(pointer) for pointer in fields[name]]
        return fields

    def _linked(self, pointer: Json) -> Json:
        version, start, end = (str(pointer[name]) for name in ("version", "start", "end"))
        first, last = pointer.get("focus_start"), pointer.get("focus_end")
        named = "" if first is None or last is None else span_in_query((first, last))
        link = EmbedLink(self.embed_id, pointer["article_id"], version, start, end, named)
        also = [_public(other) for other in pointer["also"]]
        return {**_public(pointer), "also": also, "href": f"{link.address(self.key)}#quote"}


def _public(place: Json) -> Json:
    """Return a place with an address that readers of any site may be sent to, or none."""
    return {**place, "url": web_link(place["url"])}
