"""What an adapter says of itself: its kind, capabilities, options, and never a secret."""

from collections.abc import Mapping
from datetime import timedelta

from cmctl.channels import registry
from cmctl.channels.base import Channel, Charges, Finds, Uploads
from cmctl.core.model import Place, Problem
from cmctl.testing.channel_contract.network import Network

_REFERENCES = ("env:", "file:", "credential:", "keyring:")


class Words(Network):
    """What `kind`, `capabilities`, `check_options` and `repr` promise."""

    def test_its_kind_leads_to_it(self, channel: Channel) -> None:
        assert channel.kind == self.kind
        assert registry.load(self.kind) is type(channel)

    def test_its_capabilities_agree_with_what_it_has(self, channel: Channel) -> None:
        can = channel.capabilities
        assert can.recovery <= {"key", "lookup"}
        assert ("lookup" in can.recovery) == isinstance(channel, Finds)
        assert can.key_life is None or ("key" in can.recovery and can.key_life > timedelta(0))
        assert can.settling >= timedelta(0)
        assert min(can.text.limit, can.media.count, can.media.bytes, can.media.alt_limit) >= 0
        assert can.media.count or not isinstance(channel, Uploads)
        assert (can.prices is not None) == isinstance(channel, Charges)
        assert all(ending == ending.lower().lstrip(".") for ending in can.media.formats)

    def test_right_options_have_no_problem(self) -> None:
        assert self._checked(self.options) == []

    def test_all_problems_of_the_options_are_told_at_once(self) -> None:
        wrong: dict[str, object] = dict.fromkeys(self.options, -5)
        problems = self._checked({**wrong, "xyzzy": "x"})

        lines = {problem.place.line for problem in problems if problem.place}
        assert len(lines) == len(self.options) + 1
        assert any("xyzzy" in problem.message for problem in problems)
        assert all(problem.message and problem.code for problem in problems)

    def test_an_option_that_is_misspelt_names_the_nearest(self) -> None:
        name = next(iter(self.options))
        problems = self._checked({**self.options, f"{name}e": "x"})
        assert any(name in problem.fix for problem in problems)

    def test_a_secret_written_inline_is_told_and_not_repeated(self) -> None:
        for name, value in self.options.items():
            if str(value).startswith(_REFERENCES):
                problems = self._checked({**self.options, name: "s3cr3t-inline"})
                assert problems
                assert "s3cr3t-inline" not in str(problems)

    def test_nothing_shows_its_secret(self, channel: Channel) -> None:
        if self.canary:
            assert self.canary not in repr(channel)
            assert self.canary not in str(channel)

    def test_closing_twice_is_no_error(self) -> None:
        channel = self.open_channel(self.server())
        channel.close()
        channel.close()

    def _checked(self, options: Mapping[str, object]) -> list[Problem]:
        places = {name: Place("config.yaml", line) for line, name in enumerate(options, start=2)}
        places[""] = Place("config.yaml", 1)
        return list(registry.load(self.kind).check_options(options, places))
