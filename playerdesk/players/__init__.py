"""One person, her identities and characters: who she is, what she spent, her tier and her VIP manager.

A player is known from the first token or record that names her account; records of the game arrive in
any order and any number of times. Tickets know a player by her number only.
"""

from playerdesk.players.card import PlayerCard, card
from playerdesk.players.events import ManagerAssigned, PortfolioHandedOver, TierChanged
from playerdesk.players.intake import BatchAnswer, RejectedRecord, take_in
from playerdesk.players.managers import assign_manager, hand_over_portfolio
from playerdesk.players.masking import (
    mask_card,
    mask_identities,
    mask_record,
    mask_value,
    masked_account,
    masked_email,
    masked_id_number,
    masked_phone,
)
from playerdesk.players.middleware import PlayerToken
from playerdesk.players.queries import (
    ManagerLoad,
    Player,
    TierRule,
    manager_of,
    managers_load,
    player_by_account,
    players_by_id,
    tier_rule,
)
from playerdesk.players.recognition import KnownPlayer, PlayerCaller, player_caller, recognise
from playerdesk.players.rules import Tier, tier_of
from playerdesk.players.spend import change_tier_rule, recount

__all__ = [
    "BatchAnswer", "KnownPlayer", "ManagerAssigned", "ManagerLoad", "Player", "PlayerCaller", "PlayerCard",
    "PlayerToken", "PortfolioHandedOver", "RejectedRecord", "Tier", "TierChanged", "TierRule", "assign_manager",
    "card", "change_tier_rule", "hand_over_portfolio", "manager_of", "managers_load", "mask_card", "mask_identities",
    "mask_record", "mask_value", "masked_account", "masked_email", "masked_id_number", "masked_phone", "player_by_account",
    "player_caller", "players_by_id", "recognise", "recount", "take_in", "tier_of", "tier_rule",
]
