"""What the model is told: files of this folder, each version of a prompt its own.

A prompt is never edited once it was shipped, since measurements name the version they were made
with; a better one is a new file, and the newest is used.
"""

from rag.llm.prompts.fill import (
    NO_ANSWER,
    answer_messages,
    condense_messages,
    room,
    translate_messages,
    version,
)

__all__ = [
    "NO_ANSWER",
    "answer_messages",
    "condense_messages",
    "room",
    "translate_messages",
    "version",
]
