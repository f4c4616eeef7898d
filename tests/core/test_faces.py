from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.core.faces import Face
from cmctl.core.show import local, relative

ZONES = ["Europe/Paris", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS = timedelta(milliseconds=1)

#: From 2024 to 2032.
instants = st.integers(1_704_067_200_000, 1_987_718_400_000).map(lambda ms: EPOCH + ms * MS)


@given(zone=st.sampled_from(ZONES), now=instants, at=instants)
def test_a_face_shows_what_show_shows(zone: str, now: datetime, at: datetime) -> None:
    face, ms = Face(ZoneInfo(zone), now), (at - EPOCH) // MS
    assert face.local(ms) == local(at, ZoneInfo(zone), now=now)
    assert face.relative(ms) == relative(at, now)
    assert datetime.fromisoformat(face.iso(ms)) == datetime.fromisoformat(face.utc(ms)) == at


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_a_year_with_its_changes_of_the_clock(zone: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    face = Face(ZoneInfo(zone), now)
    for hour in range(366 * 24):
        at = now + timedelta(hours=hour, minutes=30)
        assert face.local((at - EPOCH) // MS) == local(at, ZoneInfo(zone), now=now)
