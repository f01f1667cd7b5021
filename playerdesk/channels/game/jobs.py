"""What the game channel does by itself: deliver the outbox, and forget what was delivered long ago."""

from playerdesk.channels.game.webhooks import OUTBOX, deliver
from playerdesk.kernel import Loop

LOOPS = (Loop("deliver webhooks", 1, deliver), Loop("forget deliveries", 600, OUTBOX.forget))
