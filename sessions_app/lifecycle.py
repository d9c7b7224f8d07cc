"""Sessions are opened, ended, resumed and erased."""

from django.utils import timezone

from accounts.models import User
from gpu_tasks import media, turn_log
from gpu_tasks.news import tell_ended
from sessions_app import figures
from sessions_app.models import KnowledgeBase, Session, Tutor
from sessions_app.services import interrupt
from sessions_app.tasks import read_ahead


class NotYours(Exception):
    """A tutor or knowledge base that does not exist or is not the caller's to use."""


class TutorGone(Exception):
    """The tutor of a session is not open to its student any more."""


def open_session(student: User, tutor_id: int, kb_id: str | None) -> Session:
    """Raises NotYours."""
    tutor = Tutor.objects.open_to(student).filter(id=tutor_id).first()
    if tutor is None:
        raise NotYours("There is no such tutor.")
    base = None
    # "optional" is the placeholder of the published example; clients were seen to send it as it stands.
    if kb_id and kb_id != "optional":
        base = KnowledgeBase.objects.filter(slug=kb_id, tutors=tutor).first()
        if base is None:
            raise NotYours("There is no such knowledge base for this tutor.")
    session = Session.objects.create(student=student, tutor=tutor, knowledge_base=base)
    figures.count_session(session)
    read_ahead(session)
    return session


def end_session(session: Session) -> None:
    Session.objects.filter(id=session.id, status=Session.Status.ACTIVE).update(
        status=Session.Status.ENDED, last_activity=timezone.now()
    )
    interrupt(session.id)
    tell_ended(session.id)


def resume_session(session: Session) -> None:
    """Raises TutorGone."""
    if not Tutor.objects.open_to(session.student).filter(id=session.tutor_id).exists():
        raise TutorGone
    session.status, session.last_activity = Session.Status.ACTIVE, timezone.now()
    session.save(update_fields=["status", "last_activity"])
    read_ahead(session)


def erase_session(session: Session) -> None:
    """With all that was said in it and made for it. First the mark, so that what a worker still has in hand is
    thrown away; the rows last, so that an erasure that breaks off can be repeated."""
    turn_log.mark_erased(session.id)
    end_session(session)
    turn_log.erase(list(session.turns.values_list("id", flat=True)))
    media.delete_folder(session.folder)
    session.delete()
