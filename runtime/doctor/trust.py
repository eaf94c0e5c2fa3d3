"""Whether everything in the store is of this user's own making."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from nnic.runtime.doctor.findings import Finding, Level
from nnic.runtime.doctor.leftovers import is_latest
from nnic.runtime.filesystem import network_filesystem
from nnic.runtime.store.connection import StoreError
from nnic.runtime.store.owners import find_faults
from nnic.runtime.store.reader import StoreReader
from nnic.runtime.store.trust import is_trusted
from nnic.runtime.text import counted, plural

_ACCEPT = "if you trust where that is from: nnic doctor --trust"


def check_trust(home: Path) -> Iterator[Finding]:
    """Who owns the store, and experiments that came from elsewhere. Nothing is said where all is well."""
    for fault in find_faults(home):
        yield Finding(Level.NOTE, "trust", fault, _ACCEPT)
    if network_filesystem(home) is not None:
        return
    problems: dict[str, str] = {}
    try:
        if not is_latest(home):  # opening it would migrate it
            return
        with StoreReader(home) as reader:
            records = reader.experiments(problems)
    except (StoreError, sqlite3.DatabaseError):  # the store has its own check
        return
    names = [record.name for record in records if not is_trusted(record.config, record.created)]
    if names:
        one = len(names) == 1
        text = (
            f"{counted(len(names), 'experiment')} ({', '.join(names)}) {plural(len(names), 'was', 'were')} "
            f"made by another user or on another machine, so nnic resume and nnic apply refuse "
            f"{'it' if one else 'them'}"
        )
        yield Finding(Level.NOTE, "trust", text, _ACCEPT)
