"""Pauses grow, stay within their limits, and start anew after a success."""

from __future__ import annotations

from kuredtui.kube.backoff import Backoff, BackoffRange


def test_delays_double_up_to_the_most_with_jitter_on_top() -> None:
    backoff = Backoff(BackoffRange(first=1.0, most=8.0))
    for base in (1.0, 2.0, 4.0, 8.0, 8.0, 8.0):
        assert base <= backoff.delay() <= 1.5 * base
    assert backoff.failures == 6


def test_a_success_starts_anew() -> None:
    backoff = Backoff(BackoffRange(first=1.0, most=8.0))
    for _ in range(5):
        backoff.delay()
    backoff.reset()
    assert backoff.failures == 0
    assert backoff.delay() <= 1.5


def test_two_clients_do_not_come_back_together() -> None:
    delays = {Backoff(BackoffRange()).delay() for _ in range(20)}
    assert len(delays) == 20
