"""What `doctor` says of networks that charge: what the month costs, and budgets that are spent."""

from collections.abc import Iterator

from cmctl.app.context import Context
from cmctl.app.health.finding import Finding, ok, warn
from cmctl.core.money import by_its_end, dollars, month_key, summary


def costs(ctx: Context) -> Iterator[Finding]:
    """Yield what this month costs, and each channel whose reading meets its budget."""
    now = ctx.now()
    month = ctx.store.month(now)
    if month is not None:
        yield ok("costs", summary(month, now))
    for channel in ctx.settings.channels():
        budget = channel.guard.budget
        spent = ctx.store.reading(channel.name).charged_in(month_key(now))
        if budget is None or not spent:
            continue
        todo = "raise guard.budget, or make guard.window shorter"
        if spent >= budget:
            detail = f"reading cost {dollars(spent)} of {dollars(budget)}: only before a slot now"
            yield warn(channel.name, detail, todo)
        elif by_its_end(spent, now) > budget:
            detail = f"reading will meet its budget of {dollars(budget)} before the month ends"
            yield warn(channel.name, f"{detail} ({dollars(spent)} so far)", todo)
