"""What players did: purchases, refunds and play sessions, as pure functions of account and calendar.

Time is cut into 30-day blocks counted from a fixed day, and each block of each
player has its own dice. So the past never changes, a restart repeats the same
record ids, and what lies between two moments can be asked at any time: the
live feed is simply the part of the ledger whose time has come.
"""

from datetime import UTC, datetime, time, timedelta
from random import Random

from msgspec import Struct

from demogame.world import FIRST_DAY, Habit, Player, Segment, rng_for

BLOCK_DAYS = 30
START = datetime.combine(FIRST_DAY, time(), UTC)
PRICES = (600, 3000, 6800, 9800, 12800, 19800, 32800, 64800)
PRODUCTS = {
    "skyreach": ("60元宝", "云境月卡", "680元宝", "九霄战令", "1280元宝", "1980元宝", "3280元宝", "6480元宝"),
    "happycards": ("6万豆", "欢乐周卡", "68万豆", "至尊月卡", "钻石礼包", "牌神礼盒", "328万豆", "至尊贵宾礼包"),
}
SESSIONS_A_BLOCK: dict[Habit, int] = {"daily": 26, "weekly": 5, "gone": 0}


class Purchase(Struct, frozen=True):
    """One order in the game's shop."""

    record_id: str
    product: str
    amount_minor: int
    state: str
    at: datetime


class Refund(Struct, frozen=True):
    """Money given back for an order."""

    record_id: str
    purchase_id: str
    amount_minor: int
    reason: str
    at: datetime


class Session(Struct, frozen=True):
    """One stretch of play."""

    record_id: str
    started_at: datetime
    ended_at: datetime
    end_reason: str


class Ledger(Struct, frozen=True):
    """What one player did in one span of time, oldest first."""

    purchases: list[Purchase]
    refunds: list[Refund]
    sessions: list[Session]


def between(seed: str, player: Player, since: datetime, until: datetime) -> Ledger:
    """Return what came true in `since < time <= until`: a session counts when it ends."""
    ledger = Ledger([], [], [])
    # A refund follows its purchase by days, so the block before may still speak.
    first = _block(since - timedelta(days=8))
    for block in range(first, _block(until) + 1):
        rng = rng_for(seed, f"block{block}", player.account)
        purchases = _purchases(rng, seed, player, block)
        ledger.purchases.extend(p for p in purchases if since < p.at <= until)
        ledger.refunds.extend(r for r in _refunds(rng, purchases) if since < r.at <= until)
        ledger.sessions.extend(s for s in _sessions(rng, player, block) if since < s.ended_at <= until)
    return ledger


def spent(ledger: Ledger) -> int:
    """Return the money that stayed: paid orders minus refunds of those."""
    paid = {p.record_id: p.amount_minor for p in ledger.purchases if p.state == "paid"}
    return sum(paid.values()) - sum(r.amount_minor for r in ledger.refunds if r.purchase_id in paid)


def tier(spent_90_days: int) -> Segment:
    """Apply the desk's default rule, so the demo page can say whom to try."""
    if spent_90_days >= 200_000:
        return "high"
    if spent_90_days >= 30_000:
        return "mid"
    return "low" if spent_90_days > 0 else "none"


def spent_in_90_days(seed: str, player: Player, now: datetime) -> int:
    """Return the spend in the window of the desk's default tier rule."""
    return spent(between(seed, player, now - timedelta(days=90), now))


def _block(moment: datetime) -> int:
    return (moment - START).days // BLOCK_DAYS


def _moment(rng: Random, player: Player, block: int) -> datetime:
    day = START + timedelta(days=block * BLOCK_DAYS + rng.randrange(BLOCK_DAYS))
    # The favourite hour is Shanghai's; the clock of the ledger is UTC.
    return day + timedelta(hours=(rng.gauss(player.favourite_hour, 2) - 8) % 24, seconds=rng.randrange(60))


def _budget(rng: Random, seed: str, player: Player) -> int:
    if player.segment == "high":
        # A heavy tail: most spend about a thousand yuan a month, a few spend fifty thousand.
        scale = rng_for(seed, "scale", player.account).paretovariate(1.25)
        return round(min(5_000_000, 110_000 * scale) * rng.uniform(0.85, 1.3))
    if player.segment == "mid":
        return round(rng.lognormvariate(9.95, 0.3))
    if player.segment == "low":
        return rng.choices((0, 600, 3000, 6800), (15, 35, 38, 12))[0]
    return 0


def _purchases(rng: Random, seed: str, player: Player, block: int) -> list[Purchase]:
    if player.habit == "gone":
        return []
    left = _budget(rng, seed, player)
    purchases: list[Purchase] = []
    while left >= PRICES[0] and len(purchases) < 90:
        dear = 4 if left > 300_000 else 2 if left > 60_000 else 1
        choices = [p for p in PRICES if p <= left]
        price = max(rng.choice(choices) for _ in range(dear))
        state = rng.choices(("paid", "failed", "pending"), (95.5, 4, 0.5))[0]
        purchases.append(
            Purchase(
                record_id=f"p{block}-{player.account}-{len(purchases)}",
                product=PRODUCTS[player.brand.key][PRICES.index(price)],
                amount_minor=price,
                state=state,
                at=_moment(rng, player, block),
            ),
        )
        left -= price if state == "paid" else price // 4
    return sorted(purchases, key=lambda p: p.at)


def _refunds(rng: Random, purchases: list[Purchase]) -> list[Refund]:
    return [
        Refund(
            record_id=f"r{p.record_id[1:]}",
            purchase_id=p.record_id,
            amount_minor=p.amount_minor,
            reason=rng.choice(("误触购买", "重复扣款", "未成年人充值", "商品未到账")),
            at=p.at + timedelta(hours=rng.uniform(2, 150)),
        )
        for p in purchases
        if p.state == "paid" and rng.random() < 0.006
    ]


def _sessions(rng: Random, player: Player, block: int) -> list[Session]:
    usual = SESSIONS_A_BLOCK[player.habit]
    count = max(0, round(rng.gauss(usual, usual / 6)))
    starts = sorted(_moment(rng, player, block) for _ in range(count))
    sessions: list[Session] = []
    for place, start in enumerate(starts):
        end = start + timedelta(minutes=min(300.0, rng.lognormvariate(3.6, 0.8)))
        reason = rng.choices(("quit", "disconnect", "kicked"), (88, 11, 1))[0]
        sessions.append(Session(f"s{block}-{player.account}-{place}", start, end, reason))
    return sessions
