"""Row 5: a message in a live chat, from the player's socket to the agent's screen, on the disk before it is shown."""

from collections.abc import Sequence
from typing import Any

from bench.desk import Desk, Part
from bench.figures import Row
from bench.load import Load
from bench.plan import Plan
from bench.seed import add_tickets
from bench.world import World, brand_of


async def make_chats(desk: Desk, world: World, count: int) -> list[tuple[int, int, int]]:
    """Chats in full swing: (player, ticket, place of the agent) each."""
    connection = await desk.connect()
    try:
        ids = await add_tickets(connection, world, count, "open")
        people = len(world.person_ids)
        chats = [(1 + place % world.players, ticket_id, place % people) for place, ticket_id in enumerate(ids)]
        await connection.execute(
            "UPDATE tickets.ticket t SET player_id = c.p, brand_id = c.b, assignee_id = c.a, live = true, channel = 'chat'"
            " FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS c (id, p, b, a) WHERE t.id = c.id",
            list(ids), [p for p, _, _ in chats], [brand_of(p) for p, _, _ in chats],
            [world.person_ids[a] for _, _, a in chats],
        )
        await connection.execute("UPDATE staff.presence SET state = 'busy', seen_at = now() + interval '1 hour'")
        await connection.execute("VACUUM ANALYZE tickets.ticket")
    finally:
        await connection.close()
    return chats


async def _stored(desk: Desk, ids: Sequence[int]) -> int:
    connection = await desk.connect()
    try:
        return await connection.fetchval(
            "SELECT count(*) FROM tickets.message WHERE ticket_id = ANY($1::bigint[]) AND client_key IS NOT NULL", list(ids)
        )
    finally:
        await connection.close()


async def measure(desk: Desk, world: World, server: Part, plan: Plan) -> list[Row]:
    chats = await make_chats(desk, world, plan.chats)
    rates = sorted({max(1, plan.chat_rate // 4), plan.chat_rate})
    return [await _run(desk, world, server, plan, chats, rate) for rate in rates]


async def _run(
    desk: Desk, world: World, server: Part, plan: Plan, chats: list[tuple[int, int, int]], rate: int
) -> Row:
    screens: dict[int, list[int]] = {}
    for _, ticket_id, agent in chats:
        screens.setdefault(agent, []).append(ticket_id)
    agents = await Load.start(
        "chat_agents", port=desk.port, screens=[(world.cookie(agent), ids) for agent, ids in screens.items()]
    )
    players = await Load.start(
        "chat_players", port=desk.port, rate=rate, seconds=plan.chat_seconds,
        chats=[(world.token(player), ticket_id) for player, ticket_id, _ in chats],
    )
    before = await _stored(desk, [ticket_id for _, ticket_id, _ in chats])
    with desk.cost(server) as cost:
        sent: dict[str, Any] = await players.go()
    heard: dict[str, Any] = await agents.go(str(sent["sent"]))
    stored = await _stored(desk, [ticket_id for _, ticket_id, _ in chats]) - before
    await players.stop()
    await agents.stop()
    count, reached = sent["sent"], heard["heard"] / sent["seconds"]
    lost = count - heard["heard"]
    right = not heard["wrong"].get("doubled or out of order") and not lost and stored == count
    in_time = heard["p50"] <= 3 and heard["p99"] <= 20
    return Row(
        number=5, what=f"live message, {len(chats):,} chats, {rate:,}/s",
        aim="p50 ≤ 3 ms, p99 ≤ 20 ms, none lost or doubled", met=right and in_time,
        cpu_us=cost.total / count * 1e6, server_us=cost.server / count * 1e6, database_us=cost.database / count * 1e6,
        per_second=reached,
        more={
            "p50 ms": heard["p50"], "p95 ms": heard["p95"], "p99 ms": heard["p99"], "max ms": heard["max"],
            "sent": count, "lost": lost, "stored": stored, "doubled or out of order":
            heard["wrong"].get("doubled or out of order", 0), "acknowledged": sent["counts"].get("acknowledged", 0),
            "refused": sent["counts"].get("refused", 0), "closed": sent["closed"] + heard["closed"],
        },
    )
