from cmctl.core.copies import behind, differing, fingerprint

OLD = {"a": "1", "b": "1"}
NEW = {"a": "2", "b": "1"}


def test_who_changed_a_file_since_both_agreed_is_not_behind():
    assert not behind(NEW, agreed=OLD, planned=OLD)
    assert differing(NEW, OLD) == {"a"}


def test_who_lacks_what_another_one_planned_is_behind_on_it():
    assert behind(OLD, agreed=OLD, planned=NEW) == {"a"}
    assert behind(OLD, agreed=OLD, planned={**OLD, "c": "1"}) == {"c"}
    assert behind(OLD, agreed=OLD, planned={"a": "1"}) == {"b"}, "it was deleted elsewhere"


def test_two_who_change_different_files_both_go_on():
    mine = {**OLD, "b": "3"}
    assert behind(mine, agreed=OLD, planned=NEW) == {"a"}
    assert not behind({"a": "2", "b": "3"}, agreed=OLD, planned=NEW), "after git pull"


def test_who_changed_the_same_file_waits_for_the_other():
    assert behind({"a": "9", "b": "1"}, agreed=OLD, planned=NEW) == {"a"}


def test_a_fingerprint_tells_names_and_contents_apart():
    assert fingerprint(OLD) == fingerprint({"b": "1", "a": "1"})
    assert len({fingerprint(one) for one in (OLD, NEW, {"a": "1"}, {"a": "b", "1": "1"}, {})}) == 5
