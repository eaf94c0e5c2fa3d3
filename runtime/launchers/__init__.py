"""Launchers start trials, and tell what they report and how they end."""

from nnic.runtime.launchers.base import (
    Exit,
    Exited,
    Happening,
    Key,
    Launch,
    Launcher,
    Lost,
    Notice,
    Recorded,
    Started,
)

__all__ = [
    "Exit",
    "Exited",
    "Happening",
    "Key",
    "Launch",
    "Launcher",
    "Lost",
    "Notice",
    "Recorded",
    "Started",
]
