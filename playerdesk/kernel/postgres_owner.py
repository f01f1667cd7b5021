"""Who runs the embedded PostgreSQL. It refuses to run as root, so root lends it a user of its own."""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import structlog

from playerdesk.kernel.errors import Text
from playerdesk.kernel.obstacles import Unable

log = structlog.get_logger("postgres")

USER = "playerdesk"

_WAYS_TO_MAKE_A_USER = (
    ["useradd", "--system", "--no-create-home", "--home-dir", "/", "--shell", "/usr/sbin/nologin", USER],
    ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", USER],  # busybox
)


class NoOwner(Unable):
    """Started as root, and no other user to be had."""


class Owner(msgspec.Struct, frozen=True):
    """The system user that PostgreSQL runs as; `uid` is None when that is simply us."""

    uid: int | None = None
    gid: int | None = None

    def spawn(self) -> dict[str, Any]:
        """Arguments for subprocess that make the child this user, in a folder it can stand in."""
        if self.uid is None:
            return {"cwd": "/"}
        return {"cwd": "/", "user": self.uid, "group": self.gid, "extra_groups": [], "umask": 0o077}

    def give(self, path: Path) -> None:
        """Hand a file or folder (not what is in it) to this user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def let_in(self, path: Path) -> None:
        """Make sure this user can walk down to `path`: only the right to pass is added, never to list or read."""
        if self.uid is None:
            return
        for folder in [path, *path.parents]:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH and folder.stat().st_uid != self.uid:
                log.info("letting the database user pass through a folder", folder=str(folder), user=self.uid)
                folder.chmod(mode | stat.S_IXOTH)


def find_owner() -> Owner:
    """Ourselves, or, for root, the first of: our own user (made if need be), postgres, nobody."""
    if os.geteuid() != 0:
        return Owner()
    owner = _owner(USER)
    if owner is None:
        _make_user()
        owner = _owner(USER) or _owner("postgres") or _owner("nobody")
    if owner is None:
        raise NoOwner(Text(
            zh="PostgreSQL 不能以 root 运行，而这台机器既不能新建用户，也没有可借用的。"
               f"请新建一个（例如 useradd --system {USER}），或以普通用户启动，"
               "或在 PLAYERDESK_DATABASE_URL 写一个正在运行的数据库。",
            en="PostgreSQL refuses to run as root, and this machine lets us neither create a user nor has one to lend. "
               f"Create one (for example: useradd --system {USER}), start PlayerDesk as an ordinary user, "
               "or name a running database in PLAYERDESK_DATABASE_URL.",
        ))
    return owner


def _owner(name: str) -> Owner | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Owner(entry.pw_uid, entry.pw_gid)


def _make_user() -> None:
    for command in _WAYS_TO_MAKE_A_USER:
        if shutil.which(command[0]) is None:
            continue
        try:
            made = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
        except (OSError, subprocess.TimeoutExpired) as failure:
            log.warning("could not create a user for the database", command=command[0], error=str(failure))
            continue
        if made.returncode == 0:
            return
        log.warning("could not create a user for the database", command=command[0], error=made.stderr.strip())
