"""Finds sessions by what was said in them, among a million turns."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from accounts.models import User
from sessions_app.models import Session, Turn

MOST = 1_000
"""So many turns are looked at, the newest; beyond that a search is no search."""
MOST_WORDS = 8
FEW_SESSIONS = 1_000
"""So many are looked through faster than the index of all is asked."""
NEWEST, ENOUGH = 10_000, 200
"""A word of which so many are among the newest turns is a common one: the index would bring much of the table."""

_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # as in the function of the database
_RUN = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class Found:
    sessions: QuerySet[Session]
    all_of_them: bool


def find(sessions: QuerySet[Session], text: str) -> Found:
    """Those of them in one of whose turns all words were said, or that have them in the title or student's name."""
    words = text.split()[:MOST_WORDS]
    turns, by_index = Turn.objects.all(), connection.vendor == "postgresql"
    if sessions.query.where:
        few = list(sessions.order_by().values_list("id", flat=True)[:FEW_SESSIONS])
        by_index = by_index and len(few) == FEW_SESSIONS
        turns = turns.filter(session__in=sessions.order_by() if len(few) == FEW_SESSIONS else few)
    said, is_common = _sessions_in_which(words, turns, by_index)
    titled = list(sessions.filter(_everywhere(words, "title")).order_by().values_list("id", flat=True)[:MOST])
    named = list(User.objects.filter(_everywhere(words, "name", "email")).values_list("id", flat=True)[:MOST])
    found = sessions.filter(Q(id__in={*said, *titled}) | Q(student_id__in=named))
    return Found(found, all_of_them=not is_common and max(len(said), len(titled), len(named)) < MOST)


def _sessions_in_which(words: list[str], turns: QuerySet[Turn], by_index: bool) -> tuple[list[str], bool]:
    """Their ids, and whether the words are so common that only the newest were looked at."""
    if by_index:
        since = Turn.objects.order_by("-created_at").values_list("created_at", flat=True)[NEWEST : NEWEST + 1].first()
        if since:
            new = turns.filter(_everywhere(words, "user_text", "reply_text"), created_at__gte=since)
            said = list(new.order_by("-created_at").values_list("session_id", flat=True)[:MOST])
            if len(said) >= ENOUGH:
                return said, True
        # Not by the index of dates: PostgreSQL would rather cut up turn after turn than ask that of the words.
        by_age = (F("created_at") + timedelta(0)).desc()
        return list(turns.filter(_said(words)).order_by(by_age).values_list("session_id", flat=True)[:MOST]), False
    found = turns.filter(_everywhere(words, "user_text", "reply_text")).order_by("-created_at")
    return list(found.values_list("session_id", flat=True)[:MOST]), False


def _said(words: list[str]) -> Q:
    terms = [term for word in words for term in _terms(word)]
    if not terms:
        return Q(pk__in=[])
    # Pairs of signs may stand apart; whether they stand together is looked up in those few.
    unspaced = [run for word in words for run in _RUN.findall(word) if len(run) > 2 and re.match(f"[{_UNSPACED}]", run)]
    return Q(_in_index(" & ".join(terms))) & _everywhere(unspaced, "user_text", "reply_text")


def _terms(word: str) -> list[str]:
    """What a word is in the index: one that begins with it, or the signs and pairs of signs it has."""
    terms = []
    for run in _RUN.findall(word):
        if not re.match(f"[{_UNSPACED}]", run):
            terms.append(f"'{run}':*")
        elif len(run) == 1:
            terms.append(f"'{run}'")
        else:
            terms += [f"'{run[at : at + 2]}'" for at in range(len(run) - 1)]
    return terms


def _in_index(query: str) -> Func:
    """As the index `turns_words_said` has it, word by word."""
    said = Func(F("user_text"), F("reply_text"), function="words_said", arg_joiner=" || ' ' || ")
    wanted = Func(Value(query), template="to_tsquery('pg_catalog.simple', %(expressions)s)")
    return Func(said, wanted, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())


def _everywhere(words: list[str], *fields: str) -> Q:
    """Each word in one of the fields, whichever."""
    condition = Q()
    for word in words:
        anywhere = Q()
        for field in fields:
            anywhere |= Q(**{f"{field}__icontains": word})
        condition &= anywhere
    return condition
