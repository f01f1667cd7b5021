"""PostgreSQL settings for the machine there is: memory, cores, and what our workload wants."""

import os
from collections.abc import Mapping
from pathlib import Path

MiB = 1 << 20
GiB = 1 << 30

_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def memory() -> int:
    """Bytes of memory this process may count on: the machine's, or the container's limit if lower."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [machine]
    for path in _CGROUP_LIMITS:
        try:
            limits.append(int(path.read_text()))
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return min(limits)


def settings_for(total: int, cores: int, socket_folder: Path) -> dict[str, str]:
    """What goes into our part of the configuration file."""
    return {
        # Local by construction: no network port, a socket in a folder only the owner may enter.
        "listen_addresses": "''",
        "unix_socket_directories": quote(str(socket_folder)),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "max_connections": "100",
        # Memory: a share for our own cache, the rest to the system's, which PostgreSQL relies on.
        "shared_buffers": _size(_between(128 * MiB, total // 8, 2 * GiB)),
        "effective_cache_size": _size(max(256 * MiB, total // 2)),
        "work_mem": _size(_between(4 * MiB, total // 512, 32 * MiB)),
        "maintenance_work_mem": _size(_between(64 * MiB, total // 32, 512 * MiB)),
        # Every accepted message is on the disk before it is acknowledged.
        "synchronous_commit": "on",
        "wal_compression": "on",
        "max_wal_size": "2GB",
        "min_wal_size": "256MB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        # Many small statements: compiling or parallelising them costs more than it gives.
        "jit": "off",
        "max_parallel_workers_per_gather": "0" if cores < 4 else "2",
        "random_page_cost": "1.1",
        # Queue rows live for seconds; clean up early and without long naps.
        "autovacuum_vacuum_scale_factor": "0.05",
        "autovacuum_analyze_scale_factor": "0.05",
        "autovacuum_naptime": "20s",
        "autovacuum_vacuum_cost_limit": "1000",
        "idle_in_transaction_session_timeout": "60s",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        # A week of logs, a file a day, each overwritten when its weekday comes round.
        "logging_collector": "on",
        "log_filename": "'postgres-%a.log'",
        "log_rotation_age": "1d",
        "log_truncate_on_rotation": "on",
        "log_min_duration_statement": "1000",
        # A slow statement is logged with its text only: what players wrote stays out of the logs.
        "log_parameter_max_length": "0",
        "log_checkpoints": "off",
    }


def render(settings: Mapping[str, str]) -> str:
    """The configuration file."""
    lines = ["# Written by PlayerDesk at every start; put your own settings into mine.conf beside it."]
    lines += [f"{name} = {value}" for name, value in settings.items()]
    return "\n".join([*lines, "include_if_exists = 'mine.conf'", ""])


def quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _between(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))


def _size(count: int) -> str:
    return f"{count // MiB}MB"
