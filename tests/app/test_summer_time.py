"""A daily post over the nights in which clocks change: once each day, at a time that is said."""

from datetime import datetime, timedelta

import pytest

from cmctl.core.model import State

from .desk import Desk

NIGHTS = [
    ("Europe/Berlin", "2027-03-28", "02:30", "2027-03-28T01:30:00+00:00"),  # skipped: 03:30
    ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00+00:00"),  # twice: the first
    ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45:00+00:00"),  # half an hour
    ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00+00:00"),
    ("Pacific/Apia", "2020-09-27", "03:30", "2020-09-26T14:30:00+00:00"),
    ("Pacific/Apia", "2021-04-04", "03:30", "2021-04-03T13:30:00+00:00"),
]


@pytest.mark.parametrize(("zone", "night", "wall", "instant"), NIGHTS)
def test_a_daily_post_goes_out_once_in_the_night_in_which_clocks_change(
    desk: Desk, zone: str, night: str, wall: str, instant: str
) -> None:
    config = desk.config.read_text().replace("Europe/Paris", zone)
    desk.config.write_text(config)
    due = datetime.fromisoformat(instant)
    desk.clock.at = due - timedelta(hours=3)
    desk.write({"id": "daily", "text": "Bonne nuit", "every": f"daily {wall}", "guard": False})
    for _ in range(12):  # every half an hour, until three hours after it
        desk.turn()
        desk.clock.forward(minutes=30)
    sent = [one for one in desk.deliveries() if one.state is not State.PLANNED]
    assert [(one.key.occurrence, one.due) for one in sent] == [(night, due), (night, due)]
    assert {one.state for one in sent} == {State.PUBLISHED}
    assert desk.copies() == {"Bonne nuit": 2}  # one on each of two accounts
