"""Passwords: hashed with argon2 in threads of their own, so that the event loop never waits for one."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST_PASSWORD = 256

# Two at once: each takes tens of megabytes and a core; a flood of sign-ins waits here, not in the loop.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_hasher = PasswordHasher()


@cache
def _nobodys_hash() -> str:
    """Verified against when the login is unknown, so that the answer takes as long as for a known one."""
    return _hasher.hash("nobody's password")


async def hash_password(password: str) -> str:
    """The hash to keep."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def password_fits(password: str, stored: str | None) -> bool:
    """Whether it is the right one; takes the same time when there is nothing to compare with."""
    if len(password) > LONGEST_PASSWORD:
        return False
    return await asyncio.get_running_loop().run_in_executor(_threads, _fits, password, stored)


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _fits(password: str, stored: str | None) -> bool:
    try:
        fits = _hasher.verify(_nobodys_hash() if stored is None else stored, password)
    except (VerificationError, InvalidHashError):
        return False
    return fits and stored is not None
