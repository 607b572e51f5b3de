"""What the chat and the API do with kept conversations, and whose are kept at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from corpus.errors import DalilError, MissingError
from index.store.conversations import Conversation, Conversations
from rag.answer import Json
from ui.server.access.identity import Reader
from ui.service import Service


def are_kept(reader: Reader, days: int) -> bool:
    """Return if conversations of `reader` are kept, which `days` says for how long.

    Where everybody comes in without a name nobody's would be private, so none are, except on a
    server that answers its own machine alone.

    >>> from ui.server.access.identity import KEEPER, LOCAL
    >>> are_kept(Reader("leila", "reader"), 30), are_kept(KEEPER, 30), are_kept(LOCAL, 30)
    (True, True, False)
    >>> are_kept(KEEPER, 0)
    False
    """
    return days > 0 and (reader.name is not None or reader.role == "admin")


def keep(service: Service, answer_id: str, owner: str, after: str | None, days: int) -> None:
    """Keep an answer behind the answer `after`; raise `DalilError` where that cannot be written."""
    with _opened(service) as conversations:
        conversations.forget(days)
        conversations.keep(answer_id, owner, after)


def forget(service: Service, days: int) -> None:
    """Delete what is older than `days`, whoever it belongs to, if the library can be written."""
    with suppress(DalilError), _opened(service) as conversations:
        conversations.forget(days)


def page(
    service: Service, owner: str, text: str | None, limit: int, skip: int
) -> tuple[list[Conversation], int]:
    """Return some conversations and how many fit, none while there is no library."""
    if service.assistant() is None:
        return [], 0
    with _opened(service) as conversations:
        return conversations.page(owner, text, limit, skip)


def find(service: Service, conversation_id: str, owner: str) -> Conversation:
    """Return a conversation; raise `MissingError` without one of `owner`."""
    with _opened(service) as conversations:
        return conversations.find(conversation_id, owner)


def rename(service: Service, conversation_id: str, name: str, owner: str) -> Conversation:
    """Name a conversation and return it; raise `MissingError` without one of `owner`."""
    with _opened(service) as conversations:
        return conversations.rename(conversation_id, name, owner)


def delete(service: Service, conversation_id: str, owner: str) -> list[str]:
    """Delete a conversation and return the ids of its answers, which are gone with it.

    Raises `MissingError` without one of `owner`.
    """
    with _opened(service) as conversations:
        return conversations.delete(conversation_id, owner)


def listed_json(conversation: Conversation) -> Json:
    """Return the shape of a conversation in a list."""
    return {
        "id": conversation.id,
        "name": conversation.name,
        "asked_at": conversation.asked_at,
        "questions": len(conversation.turns),
    }


def whole_json(conversation: Conversation) -> Json:
    """Return the shape of a conversation with its questions."""
    turns = [
        {"question": turn.question, "answer_id": turn.answer_id, "created_at": turn.at}
        for turn in conversation.turns
    ]
    return {**listed_json(conversation), "turns": turns}


@contextmanager
def _opened(service: Service) -> Iterator[Conversations]:
    assistant = service.assistant()
    if assistant is None:
        raise MissingError(f"There is no conversation. {service.missing}")
    with closing(Conversations.open(assistant.library.home)) as conversations:
        yield conversations
