"""What a browser would show of a ticket, kept up by frames alone."""

import time


class Screen:
    """The open ticket, what craft knows of it, and the list."""

    def __init__(self, agent, ticket):
        self.agent, self.ticket = agent, ticket

    async def open(self):
        fresh = await self.agent.get(f"/tickets/{self.ticket}")
        self.head, self.clocks = fresh["ticket"], fresh["clocks"]
        self.entries = {entry["seq"]: entry for entry in fresh["entries"]}
        self.list = {row["id"]: row for row in (await self.agent.get("/tickets", view="recent", limit=200))["rows"]}
        self.craft, self.craft_is_old = await self.agent.get(f"/tickets/{self.ticket}/craft"), False

    def apply(self, frame):
        if frame["op"] == "rows":
            self.list.update({row["id"]: row for row in frame["rows"]})
            self.head = {**self.head, **self.list.get(self.ticket, {})}
        if frame["op"] != "event" or frame.get("ticketId") != self.ticket:
            return
        data = frame["data"]
        if frame["kind"] == "entry":
            self.entries[data["seq"]] = data
        elif frame["kind"] == "clocks":
            self.clocks = data
        elif frame["kind"] == "player_read":
            self.head = {**self.head, "playerRead": data["number"]}
        elif frame["kind"] in ("craft", "side"):
            self.craft_is_old = True

    async def catch_up(self):
        """As the workspace does: numbers that are missing are asked for, and what is said to be old."""
        known = 0
        while known + 1 in self.entries:
            known += 1
        if known < self.head["seq"]:
            for entry in (await self.agent.get(f"/tickets/{self.ticket}/entries", since=known))["entries"]:
                self.entries[entry["seq"]] = entry
        if self.craft_is_old:
            self.craft, self.craft_is_old = await self.agent.get(f"/tickets/{self.ticket}/craft"), False

    async def difference(self):
        """What a fresh fetch shows that this screen does not."""
        fresh = await self.agent.get(f"/tickets/{self.ticket}")
        rows = {row["id"]: row for row in (await self.agent.get("/tickets", view="recent", limit=200))["rows"]}
        craft = await self.agent.get(f"/tickets/{self.ticket}/craft")
        # Shown from entries, from craft (where it goes on), and from what only a fresh page knows.
        beside = {
            "solution", "publicCount", "playerRead", "staffRead", "fields", "roleId", "closedAt", "clientKey", "mergedIntoId",
        }
        return {
            "entries": [e for e in fresh["entries"] if self.entries.get(e["seq"]) != e],
            "head": {k: (self.head[k], v) for k, v in fresh["ticket"].items() if self.head[k] != v and k not in beside},
            "read": {k: (self.head[k], fresh["ticket"][k]) for k in ("playerRead",) if self.head[k] != fresh["ticket"][k]},
            "clocks": [c for c in fresh["clocks"] if c not in self.clocks],
            "list": [row for row in rows.values() if self.list.get(row["id"]) != row],
            "craft": {k: (self.craft[k], v) for k, v in craft.items() if self.craft[k] != v},
        }


NOTHING = {"entries": [], "head": {}, "read": {}, "clocks": [], "list": [], "craft": {}}


async def settled(screen, line, timeout=2.0):
    """Apply frames until the screen shows what a fresh fetch shows."""
    ends = time.monotonic() + timeout
    while True:
        for frame in await line.quiet(0.05):
            screen.apply(frame)
        await screen.catch_up()
        left = await screen.difference()
        if left == NOTHING or time.monotonic() > ends:
            return left
