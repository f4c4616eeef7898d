"""How much words weigh does not depend on the order in which a process has them."""

import random

from cmctl.core.guard.prepare import prepare
from cmctl.core.guard.weigh import Client


def test_the_same_words_weigh_the_same_in_any_order() -> None:
    draw = random.Random(1)
    words = [f"mot{n}" for n in range(40)]
    texts = [prepare(" ".join(draw.sample(words, draw.randint(1, 12)))) for _ in range(60)]
    client = Client(texts, texts[0])
    anchors = sorted({anchor for text in texts for anchor in text.anchors})
    orders = [draw.sample(anchors, len(anchors)) for _ in range(200)]
    assert len({client.weights(order) for order in orders}) == 1
