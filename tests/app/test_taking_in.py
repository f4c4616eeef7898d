"""Taking in files, however long the history of a client is."""

from cmctl.app.context import Context
from cmctl.app.posts.planning import plan_client
from cmctl.config.scan import scan
from cmctl.core.model import HoldReason, State
from cmctl.store.base import Query

from .desk import Desk


def post(name: str, text: str, at: float = -1) -> dict[str, object]:
    return {"id": name, "text": text, "channels": ["x"], "in": at, "guard": False}


def test_files_are_planned_against_no_more_however_much_is_over(desk: Desk) -> None:
    for number in range(6):
        desk.write(post(f"news-{number}", f"Le billet {number}"), post("later", "Plus tard", at=90))
        desk.turn()

    def look(ctx: Context) -> tuple[set[str], int]:
        files = scan(ctx.settings.root, ctx.settings.config)
        planned = plan_client(ctx, "a", files=files, write_cache=False)
        return {key.post for key in planned.ledger}, ctx.store.count(Query())

    assert desk.read(look) == ({"news-5", "later"}, 7)


def test_what_went_out_is_not_sent_again_under_another_id_however_long_ago(desk: Desk) -> None:
    desk.write(post("rennes", "Un nouvel entrepôt à Rennes"))
    desk.turn()
    desk.write()
    desk.turn()
    desk.clock.forward(days=400)
    desk.write(post("moved", "Un nouvel entrepôt à Rennes"))
    desk.turn()
    held = next(one for one in desk.deliveries() if one.key.post == "moved")
    assert held.state is State.HELD
    assert held.hold is not None
    assert held.hold.reason is HoldReason.DUPLICATE
    assert "went out as rennes" in held.hold.detail
    assert desk.copies() == {"Un nouvel entrepôt à Rennes": 1}
