"""What keeps the desk from starting, worded for somebody at a terminal who has never seen it before."""

import errno
import shutil
from pathlib import Path

from playerdesk.kernel.errors import Text
from playerdesk.kernel.settings import terminal_language

ROOM_TO_START = 200 << 20
"""Bytes: a new database takes some 60 MB, and its log another 100."""

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM}


class Unable(Exception):
    """The desk cannot start; said in the terminal's language, with what to do about it."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.pick(terminal_language()))
        self.text = text


def about_folder(folder: Path, failure: OSError) -> Text:
    """Why the desk cannot keep its data there."""
    why = failure.strerror or str(failure)
    if failure.errno in _FULL:
        return full(folder)
    if failure.errno in _FORBIDDEN:
        return Text(
            zh=f"没有权限读写数据文件夹 {folder}。请换用它的所有者来启动，或把它交给当前用户"
               f"（sudo chown -R $(id -un) '{folder}'），也可用 PLAYERDESK_DATA 换一个文件夹。",
            en=f"you may not read and write the data folder {folder}. Start as its owner, hand it to this user "
               f"(sudo chown -R $(id -un) '{folder}'), or choose another folder with PLAYERDESK_DATA.",
        )
    if failure.errno == errno.EROFS:
        return Text(
            zh=f"{folder} 所在的磁盘是只读的；请用 PLAYERDESK_DATA 换一个可写的文件夹。",
            en=f"{folder} is on a disk that cannot be written to; choose another folder with PLAYERDESK_DATA.",
        )
    if failure.errno in {errno.ENOTDIR, errno.EEXIST}:
        return Text(
            zh=f"{folder} 或它的上级是一个文件，不是文件夹；请移走它，或用 PLAYERDESK_DATA 换一个文件夹。",
            en=f"{folder}, or what it lies in, is a file and no folder; move it away, or choose another with PLAYERDESK_DATA.",
        )
    return Text(
        zh=f"无法使用数据文件夹 {folder}（{why}）；请用 PLAYERDESK_DATA 换一个文件夹。",
        en=f"the data folder {folder} cannot be used ({why}); choose another with PLAYERDESK_DATA.",
    )


def full(folder: Path) -> Text:
    """The disk is full: nothing is lost, and nothing new is taken."""
    return Text(
        zh=f"{folder} 所在的磁盘已满，数据没有丢失。请腾出空间（旧备份、日志；不要删除 postgres 文件夹里的任何文件），"
           "再启动一次，或用 PLAYERDESK_DATA 换到别的磁盘。",
        en=f"the disk that holds {folder} is full; nothing is lost. Make room (old backups, logs; delete nothing inside postgres) "
           "and start again, or choose a folder on another disk with PLAYERDESK_DATA.",
    )


def is_full(said: str) -> bool:
    """Whether a program's complaint is about a full disk."""
    return "No space left on device" in said or "Disk quota exceeded" in said


def little_room(folder: Path) -> Text | None:
    """Too little of the disk is free to start with."""
    free = shutil.disk_usage(folder).free
    if free >= ROOM_TO_START:
        return None
    need, have = ROOM_TO_START >> 20, free >> 20
    return Text(
        zh=f"{folder} 所在的磁盘只剩 {have} MB，至少需要 {need} MB。请腾出空间，或用 PLAYERDESK_DATA 换到别的磁盘。",
        en=f"the disk that holds {folder} has only {have} MB left, and {need} MB are needed. Make room, "
           "or choose a folder on another disk with PLAYERDESK_DATA.",
    )
