"""Why a token was not believed, and what the game's developer has to do about it."""

from typing import Any

from playerdesk.kernel import Text, Unauthenticated

_WORDS = {
    "token_missing": Text(
        zh="请求没有携带令牌：请在请求头加上 Authorization: Bearer <游戏后端签发的令牌>。",
        en="No token: send the header Authorization: Bearer <token signed by your game's back end>.",
    ),
    "token_malformed": Text(
        zh="令牌不是合法的 JWT：请用 JWT 库签发，头部要有 kid，并原样发送。",
        en="This is not a JWT: sign with a JWT library, put kid into the header and send it unchanged.",
    ),
    "token_too_long": Text(
        zh="令牌超过 {limit} 字节：请只放文档中的声明。",
        en="The token is longer than {limit} bytes: put only the documented claims into it.",
    ),
    "key_unknown": Text(
        zh="没有编号为 {kid} 的密钥：请核对令牌头部的 kid，或请管理员登记此密钥。",
        en="There is no key {kid}: check the kid in the token's header, or have the administrator register it.",
    ),
    "key_retired": Text(
        zh="密钥 {kid} 已停用：请改用品牌当前的密钥签名。",
        en="The key {kid} is retired: sign with your brand's current key.",
    ),
    "token_wrong_algorithm": Text(
        zh="密钥 {kid} 登记的算法是 {algorithm}：请用这个算法签名。",
        en="The key {kid} is registered for {algorithm}: sign with that algorithm.",
    ),
    "token_forged": Text(
        zh="令牌签名不正确：请用密钥 {kid} 签名，签名后不要改动令牌。",
        en="The signature is wrong: sign with the key {kid} and do not change the token afterwards.",
    ),
    "token_expired": Text(
        zh="令牌已过期：请由游戏后端签发新的令牌后重试。",
        en="The token has expired: have your back end sign a new one and try again.",
    ),
    "token_wrong_brand": Text(
        zh="这个密钥属于品牌 {brand}：令牌的 iss 必须是 {brand}。",
        en="This key belongs to the brand {brand}: the token's iss must be {brand}.",
    ),
    "token_too_long_lived": Text(
        zh="令牌有效期过长：exp 与 iat 之差最多 {minutes} 分钟。",
        en="The token lives too long: exp may be at most {minutes} minutes after iat.",
    ),
    "token_from_future": Text(
        zh="令牌的签发时间在 {ahead} 秒之后的未来：请校准游戏后端的时钟（NTP）。",
        en="The token comes from {ahead} seconds in the future: set your back end's clock by NTP.",
    ),
    "token_replayed": Text(
        zh="这个令牌（jti）已经用过：每次请求请签发一个新的 jti。",
        en="This token (jti) was used before: sign every request with a new jti.",
    ),
    "token_wrong_audience": Text(
        zh="令牌不是为这个接口签发的：aud 应为 {audience}。",
        en="The token is for another interface: aud must be {audience}.",
    ),
    "token_body_mismatch": Text(
        zh="body_sha256 与收到的内容不符：请对实际发送的字节计算 SHA-256（小写十六进制）。",
        en="body_sha256 does not match what arrived: hash the very bytes you send (SHA-256, lower-case hex).",
    ),
    "claim_missing": Text(zh="令牌缺少声明 {claim}。", en="The token lacks the claim {claim}."),
    "claim_invalid": Text(
        zh="令牌的声明 {claim} 不正确：请按接口文档检查它的类型和长度。",
        en="The token's claim {claim} is not acceptable: check its type and length in the interface's description.",
    ),
}


def refuse_token(code: str, **facts: Any) -> Unauthenticated:
    """The refusal for this code, with the facts that help to mend it."""
    words = _WORDS[code]
    shown = {name: str(value)[:60] for name, value in facts.items()}
    return Unauthenticated(code, Text(zh=words.zh.format(**shown), en=words.en.format(**shown)))
