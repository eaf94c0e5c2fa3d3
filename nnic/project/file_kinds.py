"""Which files are no Python scripts, as their names say."""

from __future__ import annotations

from pathlib import Path

NOTEBOOK = ".ipynb"
# Files that people name because a program reads them; any other name may be that of a Python script.
_KINDS = {
    NOTEBOOK: "notebook",
    ".yaml": "YAML file",
    ".yml": "YAML file",
    ".json": "JSON file",
    ".toml": "TOML file",
    ".ini": "INI file",
    ".cfg": "configuration file",
    ".csv": "CSV file",
    ".md": "Markdown file",
    ".rst": "reStructuredText file",
}


def foreign_kind(file: Path) -> str | None:
    """Tell what a file is whose name says that it is no Python script, or ``None`` for any other file."""
    return _KINDS.get(file.suffix.lower())
