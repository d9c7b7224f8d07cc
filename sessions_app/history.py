"""A student's sessions as he finds them again."""

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, TextField, Value
from django.db.models.functions import Coalesce

from sessions_app.models import Segment, Session, Turn

TITLE_CHARACTERS = 80


def rows(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """With what a list shows of each: `first_question`, `turns_count`, `duration_ms` (as long as it plays)."""
    turns = Turn.objects.filter(session=OuterRef("id"))
    # Ordered by nothing: what a model is ordered by would go into the grouping.
    number = turns.order_by().values("session").annotate(value=Count("id")).values("value")
    played = Segment.objects.filter(turn__session=OuterRef("id")).order_by()
    length = played.values("turn__session").annotate(value=Sum("duration_ms")).values("value")
    first = turns.exclude(user_text="").order_by("number").values("user_text")[:1]
    return sessions.select_related("tutor").annotate(
        first_question=Coalesce(Subquery(first), Value(""), output_field=TextField()),
        turns_count=Coalesce(Subquery(number, IntegerField()), 0),
        duration_ms=Coalesce(Subquery(length, IntegerField()), 0),
    )


def search(sessions: QuerySet[Session], text: str) -> QuerySet[Session]:
    """Those in whose title, questions or replies each of the words is found."""
    for word in text.split():
        said = Turn.objects.filter(session=OuterRef("id")).filter(
            Q(user_text__icontains=word) | Q(reply_text__icontains=word)
        )
        sessions = sessions.filter(Q(title__icontains=word) | Exists(said))
    return sessions


def title_of(question: str) -> str:
    """One line, cut between words where there are any."""
    line = " ".join(question.split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    cut = line[: TITLE_CHARACTERS - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > TITLE_CHARACTERS // 2 else cut).rstrip(" ,;:，、；：") + "…"
