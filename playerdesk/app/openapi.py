"""The description of the public interfaces, and the page to try them on. The workspace's own routes are not public."""

from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Tag

OPENAPI = OpenAPIConfig(
    title="PlayerDesk",
    version="1",
    path="/schema",
    description=(
        "`/player/v1` is spoken by a game's client for one player: a bearer token signed by the game. "
        "`/game/v1` is spoken by a game's back end. `playerdesk token player|game` prints a token to try them with."
    ),
    tags=[Tag(name="player", description="One player, from inside the game."), Tag(name="game")],
    security=[{"bearer": []}],
    components=Components(
        security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")}
    ),
)
