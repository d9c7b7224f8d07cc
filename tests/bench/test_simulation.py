from statistics import median

import pytest

from bench.report import p95
from bench.simulation import School, Service

ALONE = Service(thinks=5.0, spoken_share=0.0)
# The line is kept where the product keeps it.
pytestmark = pytest.mark.usefixtures("redis")


def test_a_student_who_is_alone_waits_for_the_stages_and_for_nobody() -> None:
    result = School(1, 1, ALONE).run(warm=10, seconds=120)

    first_segment = ALONE.segments[0] * ALONE.tokens_per_spoken_second / ALONE.tokens_per_second
    stages = ALONE.begin + 3 * ALONE.hop + ALONE.first_token + first_segment + ALONE.speaks
    drawing = 4 / ALONE.frames_per_second
    assert stages + drawing <= median(result.first_frames) <= stages + 2 * drawing
    assert result.stalled == 0
    assert result.starved == 0


def test_twice_the_machines_serve_twice_the_students() -> None:
    one, two = School(1, 4, ALONE).run(30, 300), School(2, 8, ALONE).run(30, 300)

    assert two.turns_per_second == pytest.approx(2 * one.turns_per_second, rel=0.1)


def test_on_a_machine_that_draws_four_fifths_of_the_time_first_pictures_come_about_as_soon_as_on_an_idle_one() -> None:
    alone, busy = School(1, 1, Service()).run(30, 600), School(1, 10, Service()).run(60, 900)

    assert busy.use["avatar"] > 0.75
    assert p95(busy.first_frames) <= 1.4 * p95(alone.first_frames)
    assert busy.stalled <= 0.01


def test_far_too_many_wait_but_each_gets_a_turn() -> None:
    result = School(1, 15, ALONE).run(30, 300)

    assert median(result.first_frames) > 5
    assert result.use["avatar"] > 0.9
    assert result.starved == 0
