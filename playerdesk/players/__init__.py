"""One person, her identities and characters: who she is, what she spent, her tier and her VIP manager.

A player is known from the first token or record that names her account; records of the game arrive in
any order and any number of times. Tickets know a player by her number only.
"""

from playerdesk.players.block_settings import (
    BlockSetting,
    FrameSetting,
    Layout,
    block_setting,
    change_block_setting,
    frame_origins,
)
from playerdesk.players.card import card
from playerdesk.players.card_shapes import PlayerCard, PlayerPreferences
from playerdesk.players.events import (
    CardChanged,
    ManagerAssigned,
    PlayersMerged,
    PlayersUnmerged,
    PortfolioHandedOver,
    TierChanged,
    TierModelChanged,
)
from playerdesk.players.finding import Proposal, proposals_for
from playerdesk.players.frames import BlockFrame, frames_for
from playerdesk.players.intake import BatchAnswer, RejectedRecord, take_in
from playerdesk.players.managers import assign_manager, hand_over_portfolio, release_portfolio
from playerdesk.players.masking import (
    mask_card,
    mask_record,
    mask_value,
    masked_account,
    masked_email,
    masked_id_number,
    masked_phone,
)
from playerdesk.players.membership import person_of
from playerdesk.players.merging import Choice, merge, unmerge
from playerdesk.players.middleware import PlayerToken
from playerdesk.players.notes import PlayerNote, notes_of
from playerdesk.players.picks import Pick, characters_of, purchases_of
from playerdesk.players.pulling import LiveFields, Lookup, LookupAnswer, Puller, Subject
from playerdesk.players.queries import (
    Account,
    ManagerLoad,
    Player,
    TierRule,
    account_in,
    manager_of,
    managers_load,
    player_by_account,
    players_by_id,
    tier_rule,
)
from playerdesk.players.reasons import Contacted, Facts, Penalty, Play, Purchase, Reason, reasons
from playerdesk.players.recognition import KnownPlayer, PlayerCaller, player_caller, recognise
from playerdesk.players.rules import TIERS, Tier, tier_of
from playerdesk.players.seeing import seen_person
from playerdesk.players.services import (
    Privilege,
    TierService,
    fresh_tier_services,
    managed_tiers,
    tier_services,
)
from playerdesk.players.spend import change_tier_rule, recount

__all__ = [
    "TIERS", "Account", "BatchAnswer", "BlockFrame", "BlockSetting", "CardChanged", "Choice", "Contacted", "Facts",
    "FrameSetting", "KnownPlayer", "Layout", "LiveFields", "Lookup", "LookupAnswer", "ManagerAssigned", "ManagerLoad",
    "Penalty", "Pick", "Play", "Player", "PlayerCaller", "PlayerCard", "PlayerNote", "PlayerPreferences",
    "PlayerToken", "PlayersMerged", "PlayersUnmerged", "PortfolioHandedOver", "Privilege", "Proposal", "Puller",
    "Purchase", "Reason", "RejectedRecord", "Subject", "Tier", "TierChanged", "TierModelChanged", "TierRule", "TierService",
    "account_in", "assign_manager", "block_setting", "card", "change_block_setting", "change_tier_rule",
    "characters_of", "frame_origins", "frames_for", "fresh_tier_services", "hand_over_portfolio", "managed_tiers",
    "manager_of", "managers_load", "mask_card", "mask_record", "mask_value", "masked_account",
    "masked_email", "masked_id_number", "masked_phone", "merge", "notes_of", "person_of",
    "player_by_account", "player_caller", "players_by_id", "proposals_for", "purchases_of", "reasons", "recognise",
    "recount", "release_portfolio", "seen_person", "take_in", "tier_of", "tier_rule",
    "tier_services", "unmerge",
]
