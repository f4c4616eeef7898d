"""Publishing once, whole, and proving it."""

from dataclasses import replace

import pytest

from cmctl.channels.base import Channel, Finds, Timeline, Uncertain, Uploads
from cmctl.core.model import Content, PublicEvent
from cmctl.testing.channel_contract.network import Network, errors

TEXTS = {
    "accents": "Œuvre d'été à Nîmes : « déjà vu » – 12 € l'entrée…",
    "combining": "Cafe\u0301 noe\u0308l",
    "emoji": "👩‍👩‍👧‍👦 👍🏽 🇫🇷 1️⃣ ❤️",
    "right-to-left": "שלום مرحبا 123",
    "markup": "<b>gras</b> & <script>alert(1)</script> [x](y) &amp;",
    "lines": "Une ligne\n\nune autre\nla dernière",
    "astral": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎",
}


class Publishing(Network):
    """What `publish`, `find` and `problems` promise."""

    def test_publishing_gives_a_receipt(self, channel: Channel) -> None:
        receipt = channel.publish(self.outgoing("Une nouvelle"))

        assert receipt.remote_id
        assert receipt.parts == (receipt.remote_id,)
        assert self.remote_texts() == ["Une nouvelle"]

    @pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
    def test_a_text_goes_out_as_it_is_written(self, channel: Channel, text: str) -> None:
        out = self.outgoing(text)
        channel.publish(out)

        assert self.remote_texts() == [text]
        if isinstance(channel, Timeline):
            assert [status.text for status in channel.timeline(out.created_at)] == [text]

    def test_the_limit_is_exact(self, channel: Channel) -> None:
        limit = channel.capabilities.text.limit
        longest = "é" * (limit or 20_000)

        assert errors(channel, self.outgoing(longest).content) == []
        channel.publish(self.outgoing(longest))
        assert self.remote_texts() == [longest]
        if limit:
            assert errors(channel, Content(text=longest + "a"))

    def test_a_text_of_nothing_is_a_problem(self, channel: Channel) -> None:
        assert errors(channel, Content(text=""))
        assert errors(channel, Content(text=" \n"))

    def test_the_same_key_makes_one_post(self, channel: Channel) -> None:
        out = self.outgoing("Une fois")
        receipt = channel.publish(out)

        if "key" in channel.capabilities.recovery:
            again = channel.publish(out)
            assert (again.remote_id, again.parts) == (receipt.remote_id, receipt.parts)
            assert self.remote_texts() == ["Une fois"]

    def test_the_same_key_on_a_new_connection_makes_one_post(self, channel: Channel) -> None:
        out = self.outgoing("Une fois")
        receipt = channel.publish(out)
        channel.close()
        other = self.open_channel(self.server())

        if "key" in channel.capabilities.recovery:
            assert other.publish(out).remote_id == receipt.remote_id
            assert self.remote_texts() == ["Une fois"]
        other.close()

    def test_two_keys_make_two_posts_of_one_text(self, channel: Channel) -> None:
        channel.publish(self.outgoing("Menu du jour", key="1" * 32))
        if self.refuses_doubles:  # which may be of ours, so that it is evidence and no refusal
            with pytest.raises(Uncertain):
                channel.publish(self.outgoing("Menu du jour", key="2" * 32))
            assert self.remote_texts() == ["Menu du jour"]
            return
        channel.publish(self.outgoing("Menu du jour", key="2" * 32))

        assert self.remote_texts() == ["Menu du jour"] * 2

    def test_evidence_is_found_only_where_it_stands(self, channel: Channel) -> None:
        out = self.outgoing("À retrouver")
        if isinstance(channel, Finds):
            assert channel.find(out) is None
            self.post_by_hand("Autre chose")
            assert channel.find(out) is None
            receipt = channel.publish(out)
            found = channel.find(out)
            assert found is not None
            assert (found.remote_id, found.parts) == (receipt.remote_id, receipt.parts)

    def test_images_go_out_with_their_alt_texts(self, channel: Channel) -> None:
        count = min(channel.capabilities.media.count, 3)
        out = self.outgoing(Content(text="En images", media=self.pictures(count)), images=count)
        assert errors(channel, out.content) == []
        if isinstance(channel, Uploads):
            ready = tuple(replace(a, uploaded=channel.upload(a)) for a in out.attachments)
            assert self.remote_texts() == []
            out = replace(out, attachments=ready)

        channel.publish(out)

        told = [item.alt for item in out.attachments] if channel.capabilities.media.alt else []
        assert self.remote_texts() == ["En images"]
        assert self.remote_alts() == told
        if isinstance(channel, Timeline):
            (status,) = channel.timeline(out.created_at)
            assert status.media_count == count

    def test_too_many_images_are_a_problem(self, channel: Channel) -> None:
        count = channel.capabilities.media.count + 1
        assert errors(channel, Content(text="En images", media=self.pictures(count)))

    def test_a_thread_goes_out_whole_and_in_order(self, channel: Channel) -> None:
        content = Content(text="Un", thread=("Deux", "Trois"))
        if not channel.capabilities.threads:
            assert errors(channel, content)
            return
        out = self.outgoing(content)
        receipt = channel.publish(out)

        assert receipt.parts[0] == receipt.remote_id
        assert len(set(receipt.parts)) == 3
        assert sorted(self.remote_texts()) == ["Deux", "Trois", "Un"]
        if isinstance(channel, Timeline):
            by_id = {status.remote_id: status for status in channel.timeline(out.created_at)}
            told = [(by_id[part].text, by_id[part].reply_to) for part in receipt.parts]
            first, second, _ = receipt.parts
            assert told[:2] == [("Un", ""), ("Deux", first)]
            assert told[2] in {("Trois", second), ("Trois", first)}  # a chain, or flat

    def test_a_thread_sent_again_makes_no_double(self, channel: Channel) -> None:
        if not channel.capabilities.threads or "key" not in channel.capabilities.recovery:
            return
        out = self.outgoing(Content(text="Un", thread=("Deux",)))
        receipt = channel.publish(out)

        assert channel.publish(out).parts == receipt.parts
        assert sorted(self.remote_texts()) == ["Deux", "Un"]

    def test_an_event_is_a_problem_where_there_are_none(self, channel: Channel) -> None:
        event = PublicEvent(title="Portes ouvertes", starts="2026-12-01T10:00", ends="2026-12-01")
        content = self.outgoing(Content(text="Venez", event=event)).content
        assert bool(errors(channel, content)) != channel.capabilities.events

    def test_a_first_comment_answers_the_post(self, channel: Channel) -> None:
        content = Content(text="Le post", first_comment="Le commentaire")
        if not channel.capabilities.first_comment:
            assert errors(channel, content)
            return
        receipt = channel.publish(self.outgoing(content))

        assert len(receipt.parts) == 2
        assert sorted(self.remote_texts()) == ["Le commentaire", "Le post"]
