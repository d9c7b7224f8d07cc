"""What the database and the media store keep, for the history. Wants Django to be set up with the run's settings;
`python -m tests.chaos.keeping` writes it as JSON."""

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.history import History, SegmentRow, TurnRow, Used


def read_rows(history: History) -> None:
    from django.conf import settings

    from accounts.models import User
    from sessions_app import quotas
    from sessions_app.models import Turn, Usage

    store = Path(settings.MEDIA_ROOT)
    history.media = {str(file.relative_to(store)) for file in store.rglob("*") if file.is_file()}
    longest = settings.REPLY_MAX_TOKENS * quotas.TOKEN_MS
    for turn in Turn.objects.select_related("session").prefetch_related("segments").order_by("created_at"):
        recording = store / turn.user_audio
        history.turns.append(
            TurnRow(
                id=turn.id,
                session_id=turn.session_id,
                student_id=turn.session.student_id,
                number=turn.number,
                status=turn.status,
                said=hashlib.sha256(recording.read_bytes()).hexdigest() if recording.is_file() else turn.user_text,
                mode=turn.mode,
                user_audio=turn.user_audio,
                reply_text=turn.reply_text,
                error_code=turn.error_code,
                degraded=turn.degraded,
                segments=[
                    SegmentRow(
                        index=each.index,
                        text=each.text,
                        duration_ms=each.duration_ms,
                        video=each.video,
                        audio=each.audio,
                    )
                    for each in turn.segments.all()
                ],
                began_at=turn.created_at.timestamp(),
                ended_at=_seconds(turn.ended_at),
            )
        )
    for student in User.objects.all():
        spoken = sum(Usage.objects.filter(student=student).values_list("spoken_ms", flat=True))
        allowance = quotas._allowance_ms(student)
        history.used.append(
            Used(student_id=student.id, spoken_ms=spoken, allowance_ms=allowance, longest_turn_ms=longest)
        )


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None


def running_since_before(moment: float) -> int:
    """How many turns that began before then have not ended."""
    from django.db import close_old_connections

    from sessions_app.models import Turn

    close_old_connections()
    return Turn.objects.running().filter(created_at__lt=datetime.fromtimestamp(moment, UTC)).count()


if __name__ == "__main__":
    import django

    django.setup()
    kept = History()
    read_rows(kept)
    sys.stdout.write(kept.model_dump_json())
