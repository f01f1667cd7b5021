"""The short code that proves official support: the same on a player's screen and on the agent's."""

import hashlib
import hmac

LENGTH = 8


def official_code(key: bytes, brand_key: str, account: str) -> str:
    """A code that only this desk can make for this account; `key` is the installation's own secret."""
    return hmac.new(key, f"{brand_key}:{account}".encode(), hashlib.sha256).hexdigest()[:LENGTH].upper()
