"""The question of `../common/cart.ron` asked of polars, in memory: who is who, who left a cart for
four hours, and which two reminders they get. What a person would write who has no simulator.

    pip install polars
    python3 benches/compare/cart_polars.py crowd.jsonl

It looks ahead: an event belongs to whoever is identified next on its device, however much later, so
its numbers are others than a replay's. What is compared is the time.
"""

import heapq
import sys
import time

import polars as pl

HOUR = 3_600_000
ADDED, BOUGHT = "Product Added", "Order Completed"
COLUMNS = {
    "type": pl.String,
    "messageId": pl.String,
    "timestamp": pl.String,
    "anonymousId": pl.String,
    "userId": pl.String,
    "event": pl.String,
}


def people(events: pl.DataFrame) -> pl.DataFrame:
    """Every event with its person: its user, else the next user on its device, else the device."""
    named = events.filter(pl.col("type") == "identify").select("anonymousId", "at", next="userId")
    joined = events.sort("at").join_asof(
        named.sort("at"), on="at", by="anonymousId", strategy="forward", check_sortedness=False
    )
    return joined.with_columns(person=pl.coalesce("userId", "next", "anonymousId"))


def reminders(rows) -> tuple[int, int]:
    """How many first and second reminders go out, four hours and a day later."""
    due, newest, bought, first, second = [], {}, {}, 0, 0

    def until(now: float) -> None:
        nonlocal first, second
        while due and due[0][0] <= now:
            at, is_first, person, since = heapq.heappop(due)
            if is_first and newest.get(person) == since:
                del newest[person]
                first += 1
                heapq.heappush(due, (at + 24 * HOUR, False, person, at))
            elif not is_first and bought.get(person, -1) < since:
                second += 1

    for at, event, person in rows:
        until(at)
        if event == ADDED:
            newest[person] = at
            heapq.heappush(due, (at + 4 * HOUR, True, person, at))
        else:
            bought[person] = at
            newest.pop(person, None)
    until(float("inf"))
    return first, second


def main() -> None:
    started = time.perf_counter()
    events = pl.read_ndjson(sys.argv[1], schema=COLUMNS).unique("messageId", keep="first", maintain_order=True)
    events = events.with_columns(
        at=pl.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", time_unit="ms").dt.epoch("ms")
    )
    cart = people(events).filter(pl.col("event").is_in([ADDED, BOUGHT])).sort("at", "messageId")
    sent = reminders(cart.select("at", "event", "person").iter_rows())
    took = time.perf_counter() - started
    print(f"{events.height} events, {sent[0]} first and {sent[1]} second reminders, {took:.2f} s")


main()
