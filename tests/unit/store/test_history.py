"""History in a real file: what was told is found again, also after a kill and with a second writer."""

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from adapters.api import Measure
from dashboard.core.series import Reading
from dashboard.store.history import History
from dashboard.store.schemas import HISTORY
from dashboard.store.writer import Reader, Writer

DEPTH = Measure.DEPTH
START = 1_790_000_000 // 600 * 600.0


@contextmanager
def history(path: Path, kept_s: float = 86_400) -> Iterator[History]:
    writer = Writer(path, HISTORY)
    reader = Reader(path)
    try:
        yield History(writer, reader, kept_s=kept_s)
    finally:
        writer.close()
        reader.close()


def reading(at: float, **depths: float) -> Reading:
    return Reading(START + at, list(depths), {DEPTH: np.array(list(depths.values()), dtype=np.float64)})


def found(it: History, name: str, since: float = 0, connection: str = "shop") -> dict[float, float]:
    times, values = it.read(connection, name, DEPTH, START + since)
    return {at - START: value for at, value in zip(times.tolist(), values.tolist(), strict=True)}


def rows(path: Path, table: str) -> int:
    with Reader(path).connect() as database:
        count = int(database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
        database.close()
        return count


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


def test_that_what_was_read_is_found_after_a_restart(path: Path) -> None:
    with history(path) as it:
        for second in range(0, 1_500, 5):
            it.add("shop", reading(second, orders=second, payments=2.5))
        it.flush().result(5)
    with history(path) as it:
        assert found(it, "orders") == {float(second): second for second in range(0, 1_500, 5)}
        assert set(found(it, "payments", since=1_400).values()) == {2.5}
        assert min(found(it, "payments", since=1_400)) == 1_400


def test_that_blocks_are_made_of_minutes_and_nothing_is_there_twice(path: Path) -> None:
    with history(path) as it:
        for second in range(0, 1_500, 5):
            it.add("shop", reading(second, orders=second))
        it.flush().result(5)
    assert rows(path, "block") == 2
    assert rows(path, "tail") == 5


def test_that_tails_of_a_program_that_ended_become_blocks_later(path: Path) -> None:
    with history(path) as it:
        for second in range(0, 90, 5):
            it.add("shop", reading(second, orders=1))
        it.flush().result(5)
    with history(path) as it:
        for second in range(3_000, 3_125, 5):
            it.add("shop", reading(second, orders=2))
        it.flush().result(5)
        assert len(found(it, "orders")) == 18 + 25
    assert rows(path, "block") == 1


def test_that_unknown_is_kept_as_unknown(path: Path) -> None:
    with history(path) as it:
        it.add("shop", reading(0, orders=1, payments=math.nan))
        it.add("shop", reading(5, orders=math.nan, payments=math.nan))
        it.add("shop", reading(10, orders=0))
        it.flush().result(5)
        values = found(it, "orders")
        assert (values[0], values[10]) == (1, 0)
        assert math.isnan(values[5])
        assert found(it, "payments") == {}
        assert found(it, "never seen") == {}


def test_that_resources_may_come_and_go_within_a_block(path: Path) -> None:
    with history(path) as it:
        for second in range(0, 700, 5):
            names = {"a": 1.0} if second < 300 else {"b": 2.0}
            it.add("shop", reading(second, **names))
        it.flush().result(5)
        assert {at for at, value in found(it, "a").items() if value == 1} == set(range(0, 300, 5))
        assert {at for at, value in found(it, "b").items() if value == 2} == set(range(300, 700, 5))


def test_that_connections_share_no_group_and_one_can_be_forgotten(path: Path) -> None:
    with history(path) as it:
        for second in range(0, 700, 5):
            it.add("shop", reading(second, orders=1))
            it.add("bank", reading(second, orders=2))
        it.flush().result(5)
        it.forget("shop").result(5)
        assert found(it, "orders") == {}
        assert set(found(it, "orders", connection="bank").values()) == {2}
        assert len(found(it, "orders", connection="bank")) == 140


def test_that_more_than_a_group_of_resources_is_kept_apart(path: Path) -> None:
    names = {f"q{number}": float(number) for number in range(150)}
    with history(path) as it:
        for second in range(0, 610, 5):
            it.add("shop", reading(second, **names))
        it.flush().result(5)
        assert set(found(it, "q149").values()) == {149}
        assert set(found(it, "q63").values()) == {63}
    assert rows(path, "block") == 3


def test_that_what_is_old_is_removed(path: Path) -> None:
    with history(path, kept_s=1_800) as it:
        for second in range(0, 7_200, 20):
            it.add("shop", reading(second, orders=1))
        it.flush().result(5)
        oldest = min(found(it, "orders"))
    assert 7_200 - 1_800 - 1_200 <= oldest <= 7_200 - 1_800


def test_that_two_programs_may_write_the_same_connection(path: Path) -> None:
    with history(path) as one, history(path) as two:
        for second in range(0, 1_300, 10):
            one.add("shop", reading(second, orders=1))
            two.add("shop", reading(second + 5, orders=2))
        one.flush().result(5)
        two.flush().result(5)
        values = found(one, "orders")
    assert values == {float(second): 1 + second % 10 / 5 for second in range(0, 1_300, 5)}


def test_that_a_time_that_goes_back_is_left_out(path: Path) -> None:
    with history(path) as it:
        it.add("shop", reading(10, orders=1))
        it.add("shop", reading(5, orders=2))
        it.flush().result(5)
        assert found(it, "orders") == {10: 1}


@pytest.mark.allow_log("damaged")
def test_that_a_damaged_row_is_a_gap_and_not_an_error(path: Path) -> None:
    with history(path) as it:
        for second in range(0, 180, 5):
            it.add("shop", reading(second, orders=1))
        it.flush().result(5)
        it._writer.call(
            lambda database: database.execute("UPDATE tail SET data = x'00' WHERE id = 2")
        ).result(5)
        assert set(found(it, "orders")) == {*range(0, 60, 5), *range(120, 180, 5)}
        for second in range(600, 665, 5):
            it.add("shop", reading(second, orders=1))
        it.flush().result(5)
        assert len(found(it, "orders")) == 24 + 13


CHILD = """
import sys, numpy as np
from pathlib import Path
from adapters.api import Measure
from dashboard.core.series import Reading
from dashboard.store.history import History
from dashboard.store.schemas import HISTORY
from dashboard.store.writer import Reader, Writer
path, start = Path(sys.argv[1]), float(sys.argv[2])
it = History(Writer(path, HISTORY), Reader(path))
second = 0
while True:
    it.add("shop", Reading(start + second, ["orders"], {Measure.DEPTH: np.array([float(second)])}))
    second += 5
    if second % 60 == 5:
        it._writer.call(lambda database: None).result()
        print(second - 5, flush=True)
"""


def test_that_a_kill_loses_at_most_the_last_minute(path: Path) -> None:
    command = [sys.executable, "-c", CHILD, str(path), str(START)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        told = 0
        while told < 2_000:
            told = int(child.stdout.readline())
        os.kill(child.pid, signal.SIGKILL)
        told = max([told, *(int(line) for line in child.stdout if line.endswith("\n"))])
    with history(path) as it:
        values = found(it, "orders")
    assert [values.get(second) for second in range(0, told, 5)] == list(range(0, told, 5))


def test_that_one_series_over_a_day_is_read_in_a_moment(path: Path) -> None:
    with history(path) as it:
        names = [f"q{number}" for number in range(64)]
        random = np.random.default_rng(3)
        for second in range(0, 86_400, 5):
            depths = {DEPTH: random.poisson(50, 64).astype(np.float64)}
            it.add("shop", Reading(START + second, names, depths))
        it.flush().result(30)
        times, _ = it.read("shop", "q7", DEPTH, START)
        took = []
        for _ in range(5):
            began = time.perf_counter()
            it.read("shop", "q7", DEPTH, START)
            took.append(time.perf_counter() - began)
    assert len(times) == 86_400 // 5
    assert min(took) < 0.1, took
