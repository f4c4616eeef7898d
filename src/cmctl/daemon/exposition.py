"""Figures in Prometheus' text format 0.0.4 (prometheus.io, "Exposition formats")."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cmctl.app.health.figures import Figure

TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Family(NamedTuple):
    """What figures of one name mean."""

    #: `gauge`, `counter` or `histogram`.
    kind: str
    help: str


FAMILIES: Mapping[str, Family] = {
    "cmctl_deliveries": Family("gauge", "Deliveries in the store, by state."),
    "cmctl_held": Family("gauge", "Deliveries that wait for a person, by reason."),
    "cmctl_due_late_seconds": Family("gauge", "How late the earliest is that is due and not sent."),
    "cmctl_watch_lag_seconds": Family("gauge", "Age of the last reading of a timeline."),
    "cmctl_token_days_left": Family(
        "gauge", "Days until a token ends that only a person replaces; of those that are known."
    ),
    "cmctl_pauses": Family("gauge", "Pauses in force."),
    "cmctl_notices_waiting": Family("gauge", "Notices that are not delivered yet."),
    "cmctl_stuck": Family("gauge", "Lanes and ticks of this process that make no progress."),
    "cmctl_attempts_total": Family(
        "counter", "What this process did with deliveries that it took."
    ),
    "cmctl_api_errors_total": Family(
        "counter", "What networks answered this process in its place."
    ),
    "cmctl_lateness_seconds": Family("histogram", "From the planned time to the publication."),
}


def exposition(figures: Iterable[Figure]) -> str:
    """Return figures as text, those of a family together.

    Raises:
        KeyError: a figure belongs to no family.
    """
    by_family: dict[str, list[str]] = {}
    for figure in figures:
        by_family.setdefault(_family(figure.name), []).append(_line(figure))
    lines: list[str] = []
    for name, samples in by_family.items():
        family = FAMILIES[name]
        lines += [f"# HELP {name} {family.help}", f"# TYPE {name} {family.kind}", *samples]
    return "\n".join([*lines, ""])


def _family(name: str) -> str:
    for ending in ("_bucket", "_sum", "_count"):
        base = name.removesuffix(ending)
        if base in FAMILIES and FAMILIES[base].kind == "histogram":
            return base
    return name


def _line(figure: Figure) -> str:
    labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in figure.labels.items())
    return (
        f"{figure.name}{{{labels}}} {figure.value:.15g}"
        if labels
        else (f"{figure.name} {figure.value:.15g}")
    )


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
