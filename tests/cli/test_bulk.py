import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from icalendar import Calendar

from .conftest import CMCTL, Run
from .shop import Shop, opened, post

HOUR = timedelta(hours=1)
PARIS = ["--client", "atlas", "--timezone", "Europe/Paris"]
ON_PAGE = [*PARIS, "--channel", "page"]
BUFFER = """\
\ufeff"Text","Image URL","Tags","Posting Time"
"Un entrepôt à Rennes : 45 postes 🚚","https://atlas.example/a.jpg","news, jobs","2030-01-12 10:15"
"Fermé lundi
toute la journée","","","2030-01-14 09:00"
"""
PUBLER = (
    "Date - Intl. format or prompt,Text,Link(s) - Separated by comma for FB carousels,"
    "Media URL(s) - Separated by comma,Title - For the video,Label(s) - Separated by comma,"
    "Alt text(s) - Separated by ||,Comment(s) - Separated by ||,Pin board,Post subtype,CTA,"
    "Reminder\n"
    '2030/01/12 10:15,Deux photos,https://atlas.example/p,"https://atlas.example/1.jpg,'
    'https://atlas.example/2.jpg",,jobs,La cour||Le quai,Premier||Second,,,,\n'
    ",Sans date,,,Un titre,,,,,,,\n"
)


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


def taken_in(shop: Shop, name: str, text: str, *args: str) -> list[dict[str, object]]:
    """Import a file and return the posts that were written."""
    shop.write(name, text)
    ended = shop.cmctl("import", str(shop.root / name), *args)
    assert ended.status == 0, ended.out + ended.err
    assert shop.cmctl("check").status == 0
    return yaml.safe_load((shop.root / f"posts/atlas/{Path(name).stem}.yaml").read_text("utf-8"))


def test_a_buffer_file_becomes_drafts(shop: Shop) -> None:
    first, second = taken_in(shop, "buffer.csv", BUFFER, *ON_PAGE)
    assert first["text"] == "Un entrepôt à Rennes : 45 postes 🚚"
    assert (first["at"], first["draft"]) == ("2030-01-12 10:15", True)
    assert first["media"] == [{"url": "https://atlas.example/a.jpg"}]
    assert first["labels"] == ["news", "jobs"]
    assert second["text"].strip() == "Fermé lundi\ntoute la journée"
    assert {row["reason"] for row in shop.listed("queue")} == {"approval"}


def test_a_publer_file_keeps_alt_texts_and_comments_and_says_what_it_cannot(shop: Shop) -> None:
    shop.write("config.yaml", "slots: [daily 08:00]\n" + (shop.root / "config.yaml").read_text())
    first, second = taken_in(shop, "publer.csv", PUBLER, *ON_PAGE)
    assert [image["alt"] for image in first["media"]] == ["La cour", "Le quai"]
    assert first["first_comment"] == "Premier"
    assert "comment: Second" in first["note"]
    assert second["slot"] == "next"
    assert "Un titre" in second["note"]


def test_hootsuites_own_file_has_no_header(shop: Shop) -> None:
    (only,) = taken_in(
        shop, "hoot.csv", '25/01/2030 14:30,"Bonjour, Rennes",https://atlas.example/\n', *ON_PAGE
    )
    assert (only["at"], only["link"]) == ("2030-01-25 14:30", "https://atlas.example/")


def test_a_table_with_a_header_names_its_channels(shop: Shop) -> None:
    table = (
        "Date;Time;Platform;Message\n2030-02-01;09:00;news;Bonjour\n2030-02-01;9:30 PM;Page;Soir\n"
    )
    first, second = taken_in(shop, "plan.csv", table, *PARIS)
    assert (first["channels"], second["channels"]) == (["news"], ["page"])
    assert second["at"] == "2030-02-01 21:30"


def test_articles_of_a_feed_become_drafts_that_link_to_them(shop: Shop) -> None:
    feed = (
        '<rss version="2.0"><channel><title>Atlas</title>'
        "<item><title>Le second &amp; dernier</title><link>https://atlas.example/2</link></item>"
        "<item><title>Le premier</title><link>https://atlas.example/1</link></item>"
        "</channel></rss>"
    )
    posts = taken_in(shop, "feed.xml", feed, "--client", "atlas", "--channel", "page")
    assert [one["text"] for one in posts] == ["Le premier", "Le second & dernier"]
    assert [one["link"] for one in posts] == ["https://atlas.example/1", "https://atlas.example/2"]


@pytest.mark.parametrize("zone", ["", "Europe/Paris"])
def test_times_are_never_read_in_a_zone_that_nobody_named(shop: Shop, zone: str) -> None:
    shop.write("buffer.csv", BUFFER)
    args = ["--client", "atlas", "--channel", "page", *(["--timezone", zone] if zone else [])]
    ended = shop.cmctl("import", str(shop.root / "buffer.csv"), *args)
    assert ended.status == (0 if zone else 2)
    assert zone or "--timezone Europe/Paris" in ended.err


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("n", 2)])
def test_a_person_who_watches_is_asked_for_the_zone(
    shop: Shop, watch: Run, answer: str, status: int
) -> None:
    file = shop.write("buffer.csv", BUFFER)
    args = ["import", "-C", str(shop.root), str(file), "--client", "atlas", "--channel", "page"]
    ended = watch(CMCTL, *args, typed=f"{answer}\n")
    assert "Is it Europe/Paris? [y/N]" in ended.out
    assert ended.status == status


def test_a_zone_that_is_not_the_clients_moves_the_time(shop: Shop) -> None:
    args = ["--client", "atlas", "--channel", "page", "--timezone", "America/New_York"]
    first, _ = taken_in(shop, "buffer.csv", BUFFER, *args)
    assert first["at"] == "2030-01-12 16:15"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("03/04/2030 10:00,Bonjour,", "can be read in two ways"),
        ("next Friday at 2 PM,Bonjour,", "is not a date and time"),
        ("31/02/2030 10:00,Bonjour,", "there is no '31/02/2030 10:00'"),
        ("2030-02-01,Bonjour,", "lacks the time"),
        ("2020-02-01 10:00,Bonjour,", "is past"),
        ("2030-02-01 10:00,,", "has no text"),
        ("2030-02-01 10:00,Bonjour,ftp://atlas.example", "is not a web address"),
    ],
)
def test_one_bad_row_is_told_and_nothing_is_written(shop: Shop, row: str, told: str) -> None:
    shop.write("hoot.csv", f"{row}\n2030-02-01 11:00,Une autre nouvelle,\n")
    ended = shop.cmctl("import", str(shop.root / "hoot.csv"), *ON_PAGE)
    assert ended.status == 1
    assert told in ended.out
    assert "nothing was written" in ended.err
    assert not (shop.root / "posts/atlas/hoot.yaml").exists()


def test_an_ambiguous_date_is_settled_by_a_person(shop: Shop) -> None:
    row = "03/04/2030 10:00,Bonjour,\n"
    (only,) = taken_in(shop, "hoot.csv", row, *ON_PAGE, "--date-format", "dmy")
    assert only["at"] == "2030-04-03 10:00"
    (only,) = taken_in(shop, "more.csv", row, *ON_PAGE, "--date-format", "mdy", "--repeated")
    assert only["at"] == "2030-03-04 10:00"


def test_what_is_queued_already_is_left_out_and_said(shop: Shop) -> None:
    taken_in(shop, "buffer.csv", BUFFER, *ON_PAGE)
    again = shop.cmctl(
        "import", str(shop.root / "buffer.csv"), *ON_PAGE, "--into", "posts/atlas/b.yaml"
    )
    assert again.status == 3
    assert again.out.count("left out") == 2
    assert not (shop.root / "posts/atlas/b.yaml").exists()


def test_two_rows_of_one_file_that_tell_the_same_news_are_told(shop: Shop) -> None:
    rows = "2030-02-01 10:00,Le nouvel entrepôt ouvre à Rennes,\n" * 2
    shop.write("hoot.csv", rows)
    ended = shop.cmctl("import", str(shop.root / "hoot.csv"), *ON_PAGE, "--json")
    results = [(row["result"], row["decision"]) for row in json.loads(ended.out)]
    assert results == [("draft", "allow"), ("left out", "block")]
    assert ended.status == 3


def test_what_the_owner_posted_by_hand_is_told(shop: Shop) -> None:
    shop.by_hand("page", "Le nouvel entrepôt ouvre à Rennes le 12 février")
    shop.posts(post("p", "Tout autre chose", HOUR, "  channels: [page]\n"))
    shop.cmctl("run")  # reads the timelines
    shop.write("rss.csv", "text,channel\nLe nouvel entrepôt ouvre à Rennes le 12 février,page\n")
    ended = shop.cmctl("import", str(shop.root / "rss.csv"), "--client", "atlas")
    assert ended.status == 3
    assert "the news of timeline" in ended.out


def test_a_dry_run_writes_nothing(shop: Shop) -> None:
    shop.write("buffer.csv", BUFFER)
    shop.cmctl("queue")
    before = shop.tree()
    ended = shop.cmctl("import", str(shop.root / "buffer.csv"), *ON_PAGE, "--dry-run")
    assert ended.status == 0, ended.err
    assert "2 drafts would be written to posts/atlas/buffer.yaml" in ended.err
    names = {name for name in shop.tree() if not name.startswith(".cmctl")}
    assert names == {name for name in before if not name.startswith(".cmctl")}


@pytest.mark.parametrize(
    "table",
    [
        "Text,Best Time\nBonjour,2030-01-12 10:15\n",
        "Text,Créneau\nBonjour,12/01/2030 10:15\n",
        "Text,Date,Créneau\nBonjour,2030-01-12,10h15\n",
        "Message;Jour\nBonjour;lundi\n",
    ],
)
def test_a_column_of_times_that_is_not_read_is_refused(shop: Shop, table: str) -> None:
    shop.write("plan.csv", table)
    ended = shop.cmctl("import", str(shop.root / "plan.csv"), *ON_PAGE)
    assert (ended.status, ended.out) == (1, "")
    assert "looks like a time" in ended.err
    assert "begin its name with one of " in ended.err


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Posting Time,Caption,Budget", "2030-01-12 10:15,Bonjour,12"),
        ("Texte;Date;Heure", "Bonjour;12/01/2030;10h15"),
        ("contenu;publication;heure", "Bonjour;12/01/2030;10 h 15"),
        ("Text,Date,Posting Time", "Bonjour,2030-01-12,10:15"),
    ],
)
def test_a_plain_table_says_its_times_in_french_or_english(
    shop: Shop, header: str, row: str
) -> None:
    (one,) = taken_in(shop, "plan.csv", f"{header}\n{row}\n", *ON_PAGE, "--date-format", "dmy")
    assert (one["text"], one["at"]) == ("Bonjour", "2030-01-12 10:15")


def test_a_dry_run_shows_it_all_where_the_file_stands_already(shop: Shop) -> None:
    shop.write("buffer.csv", BUFFER)
    shop.posts(post("p", "Bonjour", HOUR), file="buffer.yaml")
    ended = shop.cmctl("import", str(shop.root / "buffer.csv"), *ON_PAGE, "--dry-run")
    assert ended.status == 0, ended.err
    assert "posts/atlas/buffer.yaml is there already" in ended.err
    assert "--into" in ended.err
    assert len(ended.out.splitlines()) == 2


def test_a_file_that_is_there_is_never_overwritten(shop: Shop) -> None:
    shop.write("buffer.csv", BUFFER)
    shop.posts(post("p", "Bonjour"), file="buffer.yaml")
    ended = shop.cmctl("import", str(shop.root / "buffer.csv"), *ON_PAGE)
    assert ended.status == 2
    assert "--into" in ended.err


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "there is no row"),
        (b"\xff\xfeT\x00", "is not UTF-8"),
        (b'text\n"never ends', "a quote that never ends"),
        (b"a,b\n1,2\n", "no column says what the text is"),
        (b"<html><body>no feed</body></html>", "neither RSS nor Atom"),
        (b"BEGIN:VCALENDAR\nEND:VEVENT\n", "there is no event"),
    ],
)
def test_what_is_no_bulk_file_is_refused_in_words(shop: Shop, data: bytes, told: str) -> None:
    file = shop.root / "some.csv"
    file.write_bytes(data)
    ended = shop.cmctl("import", str(file), *ON_PAGE)
    assert ended.status == 1, ended.err
    assert told in ended.err
    assert "Traceback" not in ended.err


def test_what_is_exported_can_be_imported(shop: Shop) -> None:
    shop.posts(
        post("one", "Première, avec « guillemets »", HOUR, "  channels: [page]\n"),
        post("two", "Seconde\nsur deux lignes", 2 * HOUR, "  channels: [news]\n"),
    )
    exported = shop.cmctl("export", "--format", "csv")
    assert exported.status == 0, exported.err
    rows = json.loads(shop.cmctl("export", "--format", "json").out)
    assert [row["text"] for row in rows] == [
        "Première, avec « guillemets »",
        "Seconde\nsur deux lignes",
    ]
    shop.write("back.csv", exported.out)
    again = shop.cmctl(
        "import", str(shop.root / "back.csv"), "--client", "atlas", "--repeated", "--json"
    )
    told = [(row["result"], row["text"], row["channels"]) for row in json.loads(again.out)]
    assert told == [
        ("draft", "Première, avec « guillemets »", "page"),
        ("draft", "Seconde\nsur deux lignes", "news"),
    ]
    back = yaml.safe_load((shop.root / "posts/atlas/back.yaml").read_text("utf-8"))
    assert [one["at"] for one in back] == [row["at"][:16].replace("T", " ") for row in rows]


def test_a_calendar_goes_out_and_comes_back(shop: Shop) -> None:
    shop.posts(post("one", "Première; avec, des signes", HOUR, "  channels: [page]\n"))
    exported = shop.cmctl("export", "--format", "ics")
    (event,) = Calendar.from_ical(exported.out).walk("VEVENT")
    assert str(event["summary"]).startswith("atlas/page: Première")
    shop.write("plan.ics", exported.out)
    ended = shop.cmctl(
        *("import", str(shop.root / "plan.ics"), "--client", "atlas", "--channel", "page"),
        *("--repeated", "--json"),
    )
    (row,) = json.loads(ended.out)
    assert (row["text"], row["result"]) == ("Première; avec, des signes", "draft")


def test_the_history_is_exported_with_its_addresses(shop: Shop) -> None:
    shop.posts(post("one", "Première", more="  channels: [page]\n"))
    assert shop.cmctl("run").status == 0
    (row,) = json.loads(shop.cmctl("export", "--past", "--format", "json").out)
    assert row["state"] == "published"
    assert row["url"]


def test_a_bulk_file_comes_from_standard_input(shop: Shop) -> None:
    ended = shop.cmctl("import", "-", *ON_PAGE, stdin=BUFFER)
    assert ended.status == 0, ended.err
    assert (shop.root / "posts/atlas/imported.yaml").exists()


def test_a_bulk_file_that_is_not_there_is_named_once(shop: Shop) -> None:
    ended = shop.cmctl("import", "nowhere.csv", *ON_PAGE)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.splitlines()[0] == "cmctl: cannot read nowhere.csv: No such file or directory"
