"""Periods as lengths of time."""

from datetime import timedelta
from typing import assert_never

from dashboard_api.schema import Period


def length_of(period: Period) -> timedelta:
    match period:
        case Period.DAY:
            return timedelta(hours=24)
        case Period.WEEK:
            return timedelta(days=7)
        case Period.TWO_WEEKS:
            return timedelta(days=14)
        case Period.MONTH:
            return timedelta(days=30)
        case _:
            assert_never(period)
