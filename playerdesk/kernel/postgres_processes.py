"""Is the server named in `postmaster.pid` alive, or was its number given to another process?"""

import subprocess
import time
from pathlib import Path

import structlog

log = structlog.get_logger("postgres")


def is_serving(cluster: Path) -> bool:
    """Whether a PostgreSQL server runs on this folder."""
    pid = _noted_pid(cluster / "postmaster.pid")
    return pid is not None and _serves(pid, cluster)


def forget_stale_pid(cluster: Path, sockets: Path) -> None:
    """Remove the notes (in the cluster and beside its socket) of a server that is no more.

    PostgreSQL does so itself, unless the number still means something: it now belongs to another process
    of the same user (after a container restarts, numbers repeat), or nobody has buried the dead one yet.
    We first wait for the dead server's children, which notice its death and leave within moments.
    """
    notes = [cluster / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"]
    pids = [pid for note in notes if (pid := _noted_pid(note)) is not None]
    if not pids or any(_serves(pid, cluster) for pid in pids):
        return
    for _ in range(100):
        if not _children(cluster):
            log.info("removing the notes of a database server that is no more", pids=pids)
            for note in notes:
                note.unlink(missing_ok=True)
            return
        time.sleep(0.1)


def _noted_pid(note: Path) -> int | None:
    try:
        return int(note.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _serves(pid: int, cluster: Path) -> bool:
    process = Path(f"/proc/{pid}")
    if not Path("/proc/self/comm").exists():
        shown = subprocess.run(
            ["/bin/ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return shown.stdout.strip().endswith("postgres")
    try:
        if (process / "comm").read_text().strip() != "postgres" or _is_zombie(pid):
            return False
        # Another cluster's server may have been given the number; a server stands in its own folder.
        return (process / "cwd").readlink() == cluster.resolve()
    except PermissionError:
        return True
    except OSError:
        return False


def _is_zombie(pid: int) -> bool:
    """Dead, but nobody has taken notice: common where the first process of a container is no init."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[-1].split()[0] == "Z"


def _children(cluster: Path) -> bool:
    """Every process of a server stands in the cluster's folder."""
    home = str(cluster.resolve())
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str((entry / "cwd").readlink()) == home:
                return True
        except OSError:
            continue
    return False
