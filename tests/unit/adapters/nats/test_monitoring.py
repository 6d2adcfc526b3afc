"""What is taken from a monitoring endpoint's answer."""

from adapters.nats.monitoring import Fleet, gather


def detail(name: str, leader: str | None, *consumers: tuple[str, str | None]) -> dict[str, object]:
    return {
        "name": name,
        "config": {"name": name},
        "state": {"messages": 3},
        **({"cluster": {"leader": leader}} if leader else {}),
        "consumer_detail": [
            {"stream_name": name, "name": it, **({"cluster": {"leader": led}} if led else {})}
            for it, led in consumers
        ],
    }


def read(*accounts: dict[str, object], server: str = "n1") -> Fleet:
    fleet = Fleet()
    gather({"now": "2026-01-01T00:00:00Z", "account_details": list(accounts)}, server, "A", fleet)
    return fleet


def test_that_only_what_a_server_leads_is_taken() -> None:
    fleet = read(
        {
            "name": "A",
            "stream_detail": [
                detail("S1", "n1", ("c1", "n1"), ("c2", "n2")),
                detail("S2", "n2", ("c3", "n1")),
                detail("S3", None, ("c4", None)),
            ],
        }
    )
    assert [it.name for it in fleet.streams] == ["S1", "S3"]
    assert [it.full_name for it in fleet.consumers] == ["S1/c1", "S2/c3", "S3/c4"]
    assert fleet.streams[0].at is not None


def test_that_other_accounts_are_left_out() -> None:
    fleet = read(
        {"name": "B", "stream_detail": [detail("X", None)]},
        {"name": "long", "id": "A", "stream_detail": [detail("Y", None)]},
    )
    assert [it.name for it in fleet.streams] == ["Y"]


def test_that_an_empty_answer_is_an_empty_fleet() -> None:
    assert read() == Fleet()
    assert read({"name": "A"}) == Fleet()
