import { createHash, createHmac, randomUUID, timingSafeEqual } from "node:crypto";

const KID = "mygame-1", SECRET = "the secret that was printed", BRAND = "mygame";
const b64 = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const mac = (text) => createHmac("sha256", SECRET).update(text).digest("base64url");
const digest = (body) => createHash("sha256").update(body).digest("hex");

function sign(claims, seconds) {
  const iat = Math.floor(Date.now() / 1000);
  const text = `${b64({ alg: "HS256", typ: "JWT", kid: KID })}.${b64({ iss: BRAND, iat, exp: iat + seconds, ...claims })}`;
  return `${text}.${mac(text)}`;
}

export const playerToken = (account, server, role, character, lang = "zh") =>
  sign({ sub: account, server, role, character, lang }, 12 * 3600);

export const gameToken = (body) => sign({ aud: "playerdesk.game", jti: randomUUID(), body_sha256: digest(body) }, 600);

export function checkPush(authorization, body) {
  const [head, claims, signature] = authorization.replace(/^Bearer /, "").split(".");
  const wanted = Buffer.from(mac(`${head}.${claims}`)), given = Buffer.from(signature ?? "");
  if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) throw new Error("not from the desk");
  const said = JSON.parse(Buffer.from(claims, "base64url"));
  if (said.aud !== "game.playerdesk" || said.iss !== BRAND || said.exp * 1000 < Date.now()) throw new Error("not for us, or old");
  if (said.body_sha256 !== digest(body)) throw new Error("the body was changed on the way");
  return said; // said.jti is the push's id
}
