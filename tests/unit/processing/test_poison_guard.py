import pytest

from processing.poison_guard import MAX_DEAD_IN_A_ROW, MIN_MESSAGES, PoisonGuard, TooManyDeadError


def test_a_hundred_in_a_row_are_too_many():
    guard = PoisonGuard()
    for _ in range(MAX_DEAD_IN_A_ROW - 1):
        guard.record_dead()
    with pytest.raises(TooManyDeadError):
        guard.record_dead()


def test_a_stored_message_breaks_the_row():
    guard = PoisonGuard()
    for _ in range(MAX_DEAD_IN_A_ROW - 1):
        guard.record_dead()
    guard.record_stored(5_000)
    guard.record_dead()


def test_more_than_five_in_a_hundred_are_too_many():
    guard = PoisonGuard()
    guard.record_stored(MIN_MESSAGES)
    for _ in range(10):
        guard.record_dead()
    with pytest.raises(TooManyDeadError) as raised:
        guard.record_dead()
    assert raised.value.dead_share > 0.05


def test_few_dead_messages_among_few_say_nothing():
    guard = PoisonGuard()
    guard.record_stored(MIN_MESSAGES // 2)
    for _ in range(20):
        guard.record_dead()


def test_one_in_a_hundred_goes_on_for_ever():
    guard = PoisonGuard()
    for _ in range(500):
        guard.record_stored(99)
        guard.record_dead()
