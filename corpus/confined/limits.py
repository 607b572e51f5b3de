"""How much a file may take before it is given up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take.

    `processor_seconds` of work and `seconds` on the clock, `memory` in bytes of address space,
    `reply` in bytes of what is found. Of a zipped file: `members`, their `unpacked` bytes together
    and those of one `member`, and how often larger than the file they may be (`ratio`, of files
    that unpack to more than `ratio_from` bytes). Of XML: `depth` of elements. Of an archive of
    pages, each of which has the time and the work to itself: bytes of a `page` as it was sent and
    unpacked, the `archive` unpacked, `texts` in bytes of all that is found, and `deaths` of the
    process that reads it.
    """

    # Nothing that opened in LibreOffice within a minute came near these: 64 MiB of text is a
    # thousand novels, and an Office file of blank cells unpacks to 40 times its size.
    processor_seconds: int = 60
    seconds: float = 120
    memory: int = 2 * 2**30
    reply: int = 128 * 2**20
    members: int = 10_000
    unpacked: int = 256 * 2**20
    member: int = 64 * 2**20
    ratio: int = 200
    ratio_from: int = 2**20
    depth: int = 200
    page: int = 16 * 2**20
    archive: int = 64 * 2**30
    texts: int = 512 * 2**20
    deaths: int = 5


LIMITS = Limits()
# Of what one waits for beside others: a news page of 200 KiB takes a tenth of a second of work.
QUICK = Limits(processor_seconds=15, seconds=60)
# Larger files of quick formats are read beside the slow ones, with their limits.
QUICK_BYTES = 2 * 2**20
