"""The facts of one workspace on any engine of SQL; the promises stand in `store/base.py`."""

from cmctl.store.sql.contract.machines import SqlCare, SqlDaemons, SqlLeases
from cmctl.store.sql.contract.notices import SqlNotices
from cmctl.store.sql.contract.publishing import SqlHistory, SqlIntakes, SqlPublishing
from cmctl.store.sql.contract.rulings import SqlRemovals, SqlRulings
from cmctl.store.sql.contract.texts import SqlJudgements, SqlSketches, SqlTexts
from cmctl.store.sql.contract.timelines import SqlCollisions, SqlTimelines


class SqlStore(
    SqlIntakes,
    SqlPublishing,
    SqlHistory,
    SqlTimelines,
    SqlCollisions,
    SqlTexts,
    SqlSketches,
    SqlJudgements,
    SqlRulings,
    SqlRemovals,
    SqlNotices,
    SqlLeases,
    SqlDaemons,
    SqlCare,
):
    """Everything but how an engine is opened, read and written."""
