"""Timelines, deleting with proof, counts and probes."""

from datetime import UTC, datetime, timedelta

from cmctl.channels.base import Channel, Counted, Deletes, Probes, Timeline
from cmctl.channels.grant import Inspects
from cmctl.core.model import Content
from cmctl.testing.channel_contract.network import Network

#: Servers' clocks and ours may differ by this much.
SKEW = timedelta(minutes=1)


class Reading(Network):
    """What the protocols beside publishing promise, where the adapter has them."""

    def test_the_timeline_shows_own_and_foreign_posts_newest_first(self, channel: Channel) -> None:
        if not isinstance(channel, Timeline):
            return
        start = datetime.now(UTC) - SKEW
        first = channel.publish(self.outgoing("La nôtre")).remote_id
        by_hand = self.post_by_hand("La sienne <b>&amp;</b>")
        last = channel.publish(self.outgoing("La nôtre encore")).remote_id

        shown = list(channel.timeline(start))

        assert {status.remote_id for status in shown} == {first, by_hand, last}
        assert [status.at for status in shown] == sorted((s.at for s in shown), reverse=True)
        assert all(status.at.tzinfo is not None for status in shown)
        texts = {status.remote_id: status.text for status in shown}
        assert texts[by_hand] == "La sienne <b>&amp;</b>"

    def test_the_timeline_begins_where_it_is_asked_to(self, channel: Channel) -> None:
        if isinstance(channel, Timeline):
            channel.publish(self.outgoing("Avant"))
            assert list(channel.timeline(datetime.now(UTC) + SKEW)) == []

    def test_the_timeline_of_a_new_account_is_empty(self, channel: Channel) -> None:
        if isinstance(channel, Timeline):
            assert list(channel.timeline(datetime.now(UTC) - timedelta(days=30))) == []

    def test_deleting_is_proved_by_reading_back(self, channel: Channel) -> None:
        if not isinstance(channel, Deletes):
            return
        out = self.outgoing("À effacer")
        receipt = channel.publish(out)
        assert channel.exists(receipt.remote_id)

        channel.delete(receipt.remote_id)

        assert not channel.exists(receipt.remote_id)
        assert self.remote_texts() == []
        if isinstance(channel, Timeline):
            assert list(channel.timeline(out.created_at - SKEW)) == []

    def test_deleting_twice_is_no_error(self, channel: Channel) -> None:
        if isinstance(channel, Deletes):
            remote_id = channel.publish(self.outgoing("À effacer")).remote_id
            channel.delete(remote_id)
            channel.delete(remote_id)

    def test_deleting_leaves_the_others(self, channel: Channel) -> None:
        if isinstance(channel, Deletes):
            self.post_by_hand("À garder")
            channel.delete(channel.publish(self.outgoing("À effacer")).remote_id)
            assert self.remote_texts() == ["À garder"]

    def test_the_owners_post_can_be_deleted(self, channel: Channel) -> None:
        if isinstance(channel, Deletes):
            remote_id = self.post_by_hand("La sienne")
            assert channel.exists(remote_id)
            channel.delete(remote_id)
            assert not channel.exists(remote_id)

    def test_every_part_of_a_thread_can_be_deleted(self, channel: Channel) -> None:
        if isinstance(channel, Deletes) and channel.capabilities.threads:
            receipt = channel.publish(self.outgoing(Content(text="Un", thread=("Deux", "Trois"))))
            for part in reversed(receipt.parts):
                channel.delete(part)
            assert self.remote_texts() == []
            assert not any(channel.exists(part) for part in receipt.parts)

    def test_a_new_post_has_no_followers_yet(self, channel: Channel) -> None:
        if isinstance(channel, Counted):
            counts = channel.counts(channel.publish(self.outgoing("Compter")).remote_id)
            told = {counts.likes, counts.comments, counts.shares, counts.views}
            assert told <= {0, None}
            assert told != {None}

    def test_a_probe_names_the_account_and_changes_nothing(self, channel: Channel) -> None:
        if isinstance(channel, Probes):
            assert channel.probe()
            assert self.remote_texts() == []

    def test_what_the_token_may_do_is_asked_and_nothing_changed(self, channel: Channel) -> None:
        if isinstance(channel, Inspects):
            grant = channel.grant()
            assert grant is None or grant.ends is None or grant.ends.tzinfo is not None
            assert self.remote_texts() == []
