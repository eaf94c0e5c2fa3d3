"""Which file system a path lies on."""

from __future__ import annotations

import os
from pathlib import Path

# Names that these begin with (nfs4, smb3, fuse.sshfs). A file system that a machine shares with its host
# alone (9p, virtiofs, drvfs) is none of them: one kernel serves all who write there.
_NETWORK = (
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "fhgfs",
    "fuse.beegfs",
    "fuse.ceph",
    "fuse.davfs",
    "fuse.gcsfuse",
    "fuse.gluster",
    "fuse.goofys",
    "fuse.juicefs",
    "fuse.mfs",
    "fuse.rclone",
    "fuse.s3",
    "fuse.sshfs",
    "fuse.weed",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncp",
    "nfs",
    "orangefs",
    "panfs",
    "pvfs",
    "smb",
    "wekafs",
)
# What a machine shares with its host, and the disks of cameras: every file has the mode of the mount.
_WITHOUT_MODES = ("9p", "drvfs", "exfat", "fuseblk", "msdos", "ntfs", "vboxsf", "vfat", "fuse.vmhgfs")
MOUNTS = "/proc/self/mounts"


def network_filesystem(path: Path, mounts: str | None = None) -> str | None:
    """Name of the network file system that ``path`` (which need not exist) lies on, or ``None``."""
    kind = filesystem(path, mounts)
    return kind if kind.startswith(_NETWORK) else None


def keeps_modes(path: Path) -> bool:
    """Tell whether the mode of a file says who may write to it."""
    return not filesystem(path).startswith(_WITHOUT_MODES)


def is_ours(found: os.stat_result) -> bool:
    """Tell whether a file belongs to this user, to root, or under ``sudo`` to the user who called it."""
    user = os.geteuid()
    caller = os.environ.get("SUDO_UID", "") if user == 0 else ""
    return found.st_uid in (0, user) or str(found.st_uid) == caller


def filesystem(path: Path, mounts: str | None = None) -> str:
    """Type of the file system that ``path`` (which need not exist) lies on; ``""`` when that is not known.

    Parameters
    ----------
    mounts
        The list of what is mounted; :data:`MOUNTS` by default.
    """
    target = os.path.realpath(path)
    try:
        with open(mounts or MOUNTS, encoding="utf-8", errors="surrogateescape") as stream:
            lines = stream.read().splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        inside = point == "/" or target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind
