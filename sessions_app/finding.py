"""Finds sessions by what was said in them, among a million turns."""

import re
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from accounts.models import User
from sessions_app.models import Session, Turn

MOST = 1_000
"""So many sessions are found; beyond that a search is no search."""
MOST_WORDS = 8
NEWEST, ENOUGH = 500, 50
"""The newest sessions are looked through. A word that is in so many of them is a common one, and the index of all would
bring much of the table."""
MOST_TURNS = 20_000
WORK_MEMORY = "64MB"
"""With less, PostgreSQL forgets which turns of a page have a word that begins so, and cuts them all up once more."""

_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # as in the function of the database
_RUN = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class Found:
    sessions: QuerySet[Session]
    all_of_them: bool


def find(sessions: QuerySet[Session], text: str) -> Found:
    """Those of them in one of whose turns all words were said, or that have them in the title or student's name."""
    words = text.split()[:MOST_WORDS]
    said, is_common = _in_which_was_said(words, sessions)
    titled = list(sessions.filter(_everywhere(words, "title")).order_by().values_list("id", flat=True)[:MOST])
    named = list(User.objects.filter(_everywhere(words, "name", "email")).values_list("id", flat=True)[:MOST])
    found = sessions.filter(Q(id__in={*said, *titled}) | Q(student_id__in=named))
    return Found(found, all_of_them=not is_common and max(len(said), len(titled), len(named)) < MOST)


def _in_which_was_said(words: list[str], sessions: QuerySet[Session]) -> tuple[list[str], bool]:
    """Their ids, and whether the words are so common that only the newest were looked at."""
    newest = list(sessions.order_by("-last_activity").values_list("id", flat=True)[:NEWEST])
    spoken = Turn.objects.filter(_everywhere(words, "user_text", "reply_text")).order_by()
    said = list(spoken.filter(session__in=newest).values_list("session_id", flat=True).distinct())
    if len(newest) < NEWEST or len(said) >= ENOUGH:
        return said, len(newest) == NEWEST
    if connection.vendor != "postgresql":
        return _ids(sessions, spoken), False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEMORY])
        # All that the index brings first: within fewer sessions PostgreSQL would rather cut up turn after turn.
        return _ids(sessions, Turn.objects.filter(_said(words)).order_by()[:MOST_TURNS]), False


def _ids(sessions: QuerySet[Session], turns: QuerySet[Turn]) -> list[str]:
    found = sessions.filter(id__in=turns.values("session")).order_by("-last_activity")
    return list(found.values_list("id", flat=True)[:MOST])


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
