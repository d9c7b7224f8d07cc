from statistics import median

import pytest

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


def test_far_too_many_wait_but_each_gets_a_turn() -> None:
    result = School(1, 15, ALONE).run(30, 300)

    assert median(result.first_frames) > 5
    assert result.use["avatar"] > 0.9
    assert result.starved == 0
