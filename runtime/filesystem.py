"""Which file system a path lies on."""

from __future__ import annotations

import os
from pathlib import Path

_NETWORK = (
    "nfs",
    "cifs",
    "smb",
    "afs",
    "lustre",
    "gpfs",
    "beegfs",
    "ceph",
    "glusterfs",
    "fuse.sshfs",
    "panfs",
)


def network_filesystem(path: Path, mounts: str = "/proc/self/mounts") -> str | None:
    """Name of the network file system that ``path`` (which need not exist) lies on, or ``None``."""
    target = os.path.realpath(path)
    try:
        with open(mounts, encoding="utf-8", errors="surrogateescape") as stream:
            lines = stream.read().splitlines()
    except OSError:
        return None
    best, kind = "", ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        inside = point == "/" or target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind if kind.startswith(_NETWORK) else None
