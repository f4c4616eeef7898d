"""Replies, comments and mentions, where the adapter has them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cmctl.channels.base import Channel, Finds, Timeline
from cmctl.channels.inbox import Comments, DeletesComments, Hides, Inbox
from cmctl.core.model import Content
from cmctl.testing.channel_contract.network import Network, errors

SAID = "Une question : <b>c'est ouvert</b> &amp; gratuit ? 👍"
OURS = "Oui, dès 8 h"


class Talking(Network):
    """What `content.reply_to` and the protocols of `channels/inbox.py` promise."""

    @pytest.fixture
    def post(self, channel: Channel) -> Iterator[str]:
        """Publish the post that followers comment on."""
        if self._talks(channel):
            yield channel.publish(self.outgoing("Le dépôt ouvre demain")).remote_id
        else:
            yield ""

    def test_a_reply_stands_below_what_it_answers(self, channel: Channel, post: str) -> None:
        if not channel.capabilities.replies:
            assert errors(channel, Content(text=OURS, reply_to="1"))
            return
        comment = self.comment_by_hand(post, SAID)
        out = self.outgoing(Content(text=OURS, reply_to=comment))
        assert errors(channel, out.content) == []
        if isinstance(channel, Finds):
            assert channel.find(out) is None

        receipt = channel.publish(out)

        assert receipt.remote_id not in {"", post, comment}
        if isinstance(channel, Finds):
            found = channel.find(out)
            assert found is not None
            assert found.remote_id == receipt.remote_id
        if "key" in channel.capabilities.recovery:
            assert channel.publish(out).remote_id == receipt.remote_id
        if isinstance(channel, Comments):
            (ours,) = (one for one in channel.comments(post) if one.own)
            assert (ours.remote_id, OURS in ours.text) == (receipt.remote_id, True)
        if isinstance(channel, Timeline):
            shown = {one.remote_id: one for one in channel.timeline(out.created_at - _MINUTE)}
            assert receipt.remote_id not in shown or shown[receipt.remote_id].reply_to

    def test_the_inbox_has_what_was_said_since(self, channel: Channel, post: str) -> None:
        if not isinstance(channel, Inbox):
            return
        comment = self.comment_by_hand(post, SAID)
        if channel.capabilities.replies:
            channel.publish(self.outgoing(Content(text=OURS, reply_to=comment)))

        (said,) = channel.inbox(datetime.now(UTC) - _MINUTE)

        assert (said.remote_id, said.reply_to, said.own) == (comment, post, False)
        assert SAID in said.text
        assert said.author
        assert list(channel.inbox(datetime.now(UTC) + _MINUTE)) == []

    def test_what_stands_below_a_post_is_listed(self, channel: Channel, post: str) -> None:
        if not isinstance(channel, Comments):
            return
        assert list(channel.comments(post)) == []
        comment = self.comment_by_hand(post, SAID)
        (said,) = channel.comments(post)
        assert (said.remote_id, said.hidden, said.own) == (comment, False, False)
        assert SAID in said.text

    def test_a_comment_is_hidden_and_shown_again(self, channel: Channel, post: str) -> None:
        if not isinstance(channel, Hides):
            return
        comment = self.comment_by_hand(post, SAID)
        for hidden in (True, True, False):
            channel.hide(comment, hidden=hidden)
            assert self.is_hidden(comment) is hidden
            if isinstance(channel, Comments):
                told = [one.hidden for one in channel.comments(post)]
                assert told in ([hidden], [])  # some networks leave out what is hidden

    def test_a_comment_is_deleted_for_good(self, channel: Channel, post: str) -> None:
        if isinstance(channel, DeletesComments):
            comment = self.comment_by_hand(post, SAID)
            assert channel.delete_comment(comment)
            assert not channel.delete_comment(comment)
            if isinstance(channel, Comments):
                assert list(channel.comments(post)) == []

    def _talks(self, channel: Channel) -> bool:
        return channel.capabilities.replies or isinstance(
            channel, Inbox | Comments | Hides | DeletesComments
        )


_MINUTE = timedelta(minutes=1)
