package support

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

const Kid, Secret, Brand = "mygame-1", "the secret that was printed", "mygame"

type Claims map[string]any

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func mac(text string) string {
	m := hmac.New(sha256.New, []byte(Secret))
	m.Write([]byte(text))
	return b64(m.Sum(nil))
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

func sign(claims Claims, life time.Duration) string {
	now := time.Now().Unix()
	claims["iss"], claims["iat"], claims["exp"] = Brand, now, now+int64(life.Seconds())
	head, _ := json.Marshal(Claims{"alg": "HS256", "typ": "JWT", "kid": Kid})
	body, _ := json.Marshal(claims)
	text := b64(head) + "." + b64(body)
	return text + "." + mac(text)
}

func PlayerToken(account, server, role, character, lang string) string {
	return sign(Claims{"sub": account, "server": server, "role": role, "character": character, "lang": lang}, 12*time.Hour)
}

func GameToken(body []byte) string {
	id := make([]byte, 16)
	rand.Read(id)
	return sign(Claims{"aud": "playerdesk.game", "jti": hex.EncodeToString(id), "body_sha256": digest(body)}, 10*time.Minute)
}

func CheckPush(authorization string, body []byte) (Claims, error) {
	parts := strings.Split(strings.TrimPrefix(authorization, "Bearer "), ".")
	if len(parts) != 3 || !hmac.Equal([]byte(mac(parts[0]+"."+parts[1])), []byte(parts[2])) {
		return nil, errors.New("not from the desk")
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	claims := Claims{}
	if err == nil {
		err = json.Unmarshal(raw, &claims)
	}
	if err != nil {
		return nil, err
	}
	expires, _ := claims["exp"].(float64)
	if claims["aud"] != "game.playerdesk" || claims["iss"] != Brand || int64(expires) < time.Now().Unix() {
		return nil, errors.New("not for us, or old")
	}
	if claims["body_sha256"] != digest(body) {
		return nil, errors.New("the body was changed on the way")
	}
	return claims, nil // claims["jti"] is the push's id
}
