"""Write a workspace of any size to measure with: always the same for the same numbers.

    python bench/workspace.py DIR [--posts 10000] [--files 100] [--clients 20] [--start 2030-01-07]

Texts are French, as people write them, each unlike the others. Each client has one channel, a
folder, so that no account is needed; two posts a day, at 09:00 and 17:30, from `--start` on.
"""

import argparse
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path

ZONES = ("Europe/Paris", "Europe/Brussels", "Indian/Reunion", "America/Montreal")
TIMES = ("09:00", "17:30")
OPENINGS = ("🚚 Nouveau cette semaine", "Bonne nouvelle", "À ne pas manquer", "Petit rappel ⏰")
SUBJECTS = (
    *("notre entrepôt de Rennes", "la carte d’automne", "l’atelier de restauration"),
    *("le marché du samedi", "la tournée électrique", "le menu du midi", "la visite guidée"),
)
EVENTS = (
    *("ouvre ses portes", "change d’horaires", "accueille une stagiaire", "fête ses dix ans"),
    *("recrute deux personnes", "passe à l’heure d’hiver", "s’agrandit de 1 200 m²"),
)
DETAILS = (
    *("Venez nombreux, le café est offert ☕", "Réservez au 02 99 00 00 00", "Entrée libre"),
    *("Plus de détails en commentaire 👇", "On vous attend avec impatience !"),
)


def write(folder: Path, *, posts: int, files: int, clients: int, start: date) -> None:
    """Write `config.yaml` and `posts/`; `posts` is divided evenly among the files."""
    names = [f"client-{number:02}" for number in range(1, clients + 1)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(_config(names), encoding="utf-8")
    written = 0
    for number in range(files):
        name, part = names[number % clients], number // clients
        count = posts // files + (number < posts % files)
        file = folder / "posts" / name / f"part-{part:03}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        first = part * -(-posts // files)
        entries = (_post(written + index, first + index, start) for index in range(count))
        file.write_text("".join(entries), encoding="utf-8")
        written += count


def _config(names: list[str]) -> str:
    return "".join(_config_lines(names))


def _config_lines(names: list[str]) -> Iterator[str]:
    yield "timezone: Europe/Paris\nlanguage: fr\nclients:\n"
    for number, name in enumerate(names):
        yield f"  {name}:\n    name: Client {number + 1}\n"
        yield f"    timezone: {ZONES[number % len(ZONES)]}\n"
        yield "    channels:\n      lettre:\n        network: folder\n"
        yield f"        path: outbox/{name}\n"


def _post(number: int, of_client: int, start: date) -> str:
    """Return one post, the `of_client`-th of its client."""
    choices = list(product(OPENINGS, SUBJECTS, EVENTS, DETAILS))
    opening, subject, event, detail = choices[number * 37 % len(choices)]
    day = start + timedelta(days=of_client // len(TIMES))
    return (
        f"- id: post-{number:05}\n"
        f"  text: |\n"
        f"    {opening} : {subject} {event} !\n"
        f"\n"
        f"    {detail} (n° {number})\n"
        f"  at: {day} {TIMES[of_client % len(TIMES)]}\n"
        f"  hashtags: [actu, n{number}]\n"
    )


def main() -> None:
    """Write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--start", type=date.fromisoformat, default=date(2030, 1, 7))
    asked = parser.parse_args()
    write(
        asked.folder,
        posts=asked.posts,
        files=asked.files,
        clients=asked.clients,
        start=asked.start,
    )


if __name__ == "__main__":
    main()
