"""Sets of hashtags and UTM parameters: from `config.yaml` and a post to what goes out."""

import pytest

from cmctl.core.content import content_for
from cmctl.core.text import compose

CONFIG = """\
timezone: Europe/Paris
hashtags: {default: [bretagne]}
utm: {source: "{network}", medium: social, campaign: "{post}", sites: [atlas.example]}
clients:
  atlas:
    name: Atlas
    hashtags:
      metier: [logistique, transport]
      ville: ["#rennes"]
    channels:
      page: {network: sandbox}
      blue: {network: bluesky, handle: atlas.example, password: env:B}
      outbox: {network: folder, path: out, utm: {}}
"""


def _content(workspace, body: str, channel: str = "page"):
    workspace.write("config.yaml", CONFIG)
    post = workspace.post(f"- id: a/b\n  at: 2026-11-24 10:15\n{body}")
    return content_for(post, workspace.settings.channel(f"atlas/{channel}"))


def test_a_set_stands_for_its_hashtags_each_once(workspace) -> None:
    body = '  text: Bonjour\n  hashtags: [nouveau, "{metier}", logistique, "{ville}"]\n'
    content = _content(workspace, body)
    assert content.hashtags == ("nouveau", "logistique", "transport", "rennes")


def test_a_variant_has_its_own_hashtags(workspace) -> None:
    body = (
        '  text: Bonjour\n  hashtags: ["{metier}"]\n'
        "  variants: {bluesky: {hashtags: [logistique]}, outbox: {hashtags: []}}\n"
    )
    assert _content(workspace, body).hashtags == ("logistique", "transport")
    assert _content(workspace, body, "blue").hashtags == ("logistique",)
    assert _content(workspace, body, "outbox").hashtags == ()


def test_hashtags_stand_where_the_text_asks_for_them(workspace) -> None:
    body = '  text: "Bonjour {hashtags} à tous"\n  hashtags: [un, deux]\n'
    assert compose(_content(workspace, body)) == "Bonjour #un #deux à tous"
    body = '  text: Bonjour\n  first_comment: "{hashtags}"\n  hashtags: [un]\n'
    content = _content(workspace, body)
    assert (compose(content), content.first_comment) == ("Bonjour", "#un")


def test_a_post_that_names_no_hashtags_has_those_of_the_default_set_in_their_place(
    workspace,
) -> None:
    assert compose(_content(workspace, '  text: "Bonjour {hashtags}"\n')) == "Bonjour #bretagne"
    assert compose(_content(workspace, "  text: Bonjour\n")) == "Bonjour"


def test_a_set_that_is_not_there_is_refused_with_the_nearest_name(workspace) -> None:
    workspace.write("config.yaml", CONFIG)
    body = '- {id: x, at: 2026-11-24 10:15, text: A, hashtags: ["{meteir}"]}\n'
    loaded = workspace.client(one=body)
    [problem] = loaded.problems
    assert (problem.code, problem.place.column) == ("unknown-set", 53)
    assert 'no set of hashtags "meteir"; did you mean "metier"?' in problem.message
    assert loaded.invalid == {"x"}


def test_a_set_that_changes_changes_posts_that_were_read_before(workspace) -> None:
    body = '  text: Bonjour\n  hashtags: ["{ville}"]\n'
    assert _content(workspace, body).hashtags == ("rennes",)
    workspace.write("config.yaml", CONFIG.replace("#rennes", "nantes"))
    [post] = workspace.client().posts
    content = content_for(post, workspace.settings.channel("atlas/page"))
    assert content.hashtags == ("nantes",)


def test_links_to_the_clients_site_tell_where_somebody_comes_from(workspace) -> None:
    body = (
        "  text: 'Ici : https://atlas.example/x, et https://journal.example/y'\n"
        "  link: https://atlas.example/x\n  first_comment: https://atlas.example/?utm_source=moi\n"
    )
    content = _content(workspace, body)
    tagged = "https://atlas.example/x?utm_source=sandbox&utm_medium=social&utm_campaign=a%2Fb"
    assert content.link == tagged
    assert compose(content) == f"Ici : {tagged}, et https://journal.example/y"
    assert content.first_comment == "https://atlas.example/?utm_source=moi"
    assert "utm_" not in compose(_content(workspace, body, "outbox"))


@pytest.mark.parametrize(
    ("utm", "said"),
    [
        ('{source: "{netwrok}"}', 'nothing is called "{netwrok}" here; did you mean "network"?'),
        ("{sites: [https://atlas.example]}", '"https://atlas.example" is not a host'),
        ("{sauce: x}", 'unknown key "sauce" in utm; did you mean "source"?'),
    ],
)
def test_what_is_wrong_with_utm_is_said(workspace, utm: str, said: str) -> None:
    loaded = workspace.load_settings(CONFIG.replace("utm: {}", f"utm: {utm}"))
    assert [problem.message for problem in loaded.problems] == [said]
