"""Links lead somewhere: files, and headings in them."""

import re
from pathlib import Path

import pytest

from docs.pages import PAGES, ROOT

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    for found in _LINK.finditer(text):
        link = found[1] or found[2]
        if link.startswith(("https://", "http://")):
            continue
        path, _, heading = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        assert target.is_relative_to(ROOT), f"{page.name}: {link} leads out of the repository"
        if heading:
            assert heading in _anchors(target), f"{page.name}: {link}"


def test_every_page_is_linked_from_the_readme_or_from_the_page_of_its_folder() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    channels = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
    for page in PAGES[1:]:
        if page.parent.name == "networks":
            assert f"(networks/{page.name})" in channels
        else:
            assert f"(docs/{page.name})" in readme


def _anchors(page: Path) -> set[str]:
    """Return the headings as GitHub links to them."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    bare = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(text))
    return {heading.replace(" ", "-") for heading in bare}
