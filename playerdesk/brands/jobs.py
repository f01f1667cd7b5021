"""Housekeeping of the brands."""

from playerdesk.kernel import PURGE_USED_TOKENS

LOOPS = (PURGE_USED_TOKENS,)
