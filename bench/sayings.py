"""Things people say, by the million: words as rare and as common as they are in a language, sentences, order numbers."""

import random
from collections.abc import Iterator
from itertools import accumulate

import msgspec

from playerdesk.kernel.finding import tsvector
from playerdesk.kernel.words import tokens

CHARACTERS, WORDS, SENTENCES = 3000, 40_000, 60_000
_LITTLE = "的了是我不在有就人都一个上也很到说要去你会着没有看好自己这"
_PHRASES = (
    "充值没有到账",
    "订单号在下面", "请帮我查一下", "账号被盗了", "一直掉线", "进不去游戏", "活动奖励没有收到", "误封申诉", "排位赛闪退",
    "已经为您核实", "道具会通过邮件补发", "请注意查收", "感谢您的耐心等待", "please check my order", "the game keeps crashing",
    "purchase not delivered", "my account was banned", "lag spikes every evening",
)


class Sentence(msgspec.Struct, frozen=True):
    """A sentence, and its tokens as the index has them."""

    text: str
    words: tuple[str, ...]


class Language:
    """The same one for the same seed and number of sentences."""

    def __init__(self, seed: int = 11, sentences: int = SENTENCES) -> None:
        self.dice = random.Random(seed)
        characters = [chr(0x4E00 + place * 6) for place in range(CHARACTERS)]
        self.dice.shuffle(characters)
        character_weights = list(accumulate(1 / (rank + 20) for rank in range(CHARACTERS)))
        self.words = [
            "".join(self.dice.choices(characters, cum_weights=character_weights, k=2 + (self.dice.random() < 0.2)))
            for _ in range(WORDS)
        ]
        self.weights = list(accumulate(1 / (rank + 10) for rank in range(WORDS)))
        self.sentences = [self._sentence() for _ in range(sentences)]

    def _sentence(self) -> Sentence:
        dice = self.dice
        if dice.random() < 0.15:
            text = dice.choice(_PHRASES)
        else:
            chosen = dice.choices(self.words, cum_weights=self.weights, k=dice.randint(2, 5))
            text = "".join(word + (dice.choice(_LITTLE) if dice.random() < 0.6 else "") for word in chosen)
        return Sentence(text, tuple(tokens(text)))

    def entries(self, count: int) -> Iterator[tuple[str, str]]:
        """So many texts, each with its tokens as a tsvector (without marks)."""
        dice, sentences = self.dice, self.sentences
        for place in range(count):
            said = dice.choices(sentences, k=dice.randint(1, 4))
            text, words = "，".join(one.text for one in said), [word for one in said for word in one.words]
            if place % 6 == 0:
                order = str(42_000_012_342_026 + place * 7)
                text, words = f"{text}，{order}", [*words, order]
            yield text, tsvector(words)
