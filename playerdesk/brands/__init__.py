"""The games and shops this desk serves: their names, servers, themes, and the keys they sign with.

Everything that comes from outside carries a token signed by a brand; this package is the only one
that knows keys, so "who says so?" is answered here and nowhere else.
"""

from playerdesk.brands.actions import (
    add_brand,
    add_server,
    add_signing_key,
    put_servers,
    retire_signing_key,
    set_webhook,
)
from playerdesk.brands.events import BrandChanged
from playerdesk.brands.middleware import GameToken, bearer
from playerdesk.brands.minting import make_game_token, make_player_token, sign_frame, webhook_headers
from playerdesk.brands.modules import MODULES, Module, demand_module, module_on
from playerdesk.brands.queries import (
    Brand,
    Server,
    brand_by_id,
    brand_by_key,
    brands,
    find_server,
    servers,
)
from playerdesk.brands.rules import GameCaller, PlayerClaims
from playerdesk.brands.tokens import verify_game_token, verify_player_token

__all__ = [
    "MODULES", "Brand", "BrandChanged", "GameCaller", "GameToken", "Module", "PlayerClaims", "Server", "add_brand", "add_server",
    "add_signing_key", "bearer", "brand_by_id", "brand_by_key", "brands", "demand_module", "find_server", "make_game_token",
    "make_player_token", "module_on", "put_servers", "retire_signing_key", "servers", "set_webhook",
    "sign_frame", "verify_game_token", "verify_player_token", "webhook_headers",
]
