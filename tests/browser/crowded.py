"""A desk with very many tickets, laid there by one statement and taken away again."""

from collections.abc import Iterator
from contextlib import contextmanager

from .desk import Desk

_MARK = "crowd-"
_SEED = """
    INSERT INTO tickets.ticket (brand_id, player_id, channel, category_id, subject, fields, language, status, priority, tier,
        queue_id, assignee_id, assigned_at, player_name, server_key, server_name, preview, last_author, last_message_at,
        waiting_since, rank_at, seq, public_seq, public_count, client_key, created_at, updated_at, live)
    SELECT like_it.brand_id, like_it.player_id, CASE WHEN chats.are THEN 'chat' ELSE 'game' END, like_it.category_id, '批量工单 ' || n, '{}', 'zh', 'pending', 2,
        (ARRAY['none', 'low', 'mid', 'high'])[1 + n %% 4], like_it.queue_id, like_it.assignee_id, at, '玩家' || n, 's1',
        '云海之巅', '第 ' || n || ' 个工单：充值没有到账，请帮我查一下', 'staff', at, NULL, at, 1, 1, 1, %s || n, at, at, chats.are
    FROM (SELECT * FROM tickets.ticket WHERE id = %s) like_it, generate_series(1, %s) n,
        LATERAL (SELECT now() - (%s - n) * interval '1 second' AS at) times,
        (SELECT %s AS are) chats
    RETURNING id
"""


@contextmanager
def crowd(desk: Desk, like: int, count: int, *, chats: bool = False) -> Iterator[list[int]]:
    """So many tickets that wait for their players, each a second younger than the one before; nobody is asked to answer them.

    Each is like this ticket and in the same hands.
    """
    ids = [row[0] for row in desk.sql(_SEED, _MARK, like, count, count, chats)]
    desk.sql("ANALYZE tickets.ticket")
    try:
        yield ids
    finally:
        # What something was said in has a history; it is over. References are not looked at, for nothing else points here.
        desk.sql(f"""SET session_replication_role = replica;
            DELETE FROM tickets.ticket t WHERE client_key LIKE '{_MARK}%%'
                AND NOT EXISTS (SELECT FROM tickets.message m WHERE m.ticket_id = t.id);
            UPDATE tickets.ticket SET status = 'closed', live = false, resolved_at = now() WHERE client_key LIKE '{_MARK}%%'""")
