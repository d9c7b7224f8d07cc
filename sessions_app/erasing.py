"""A student's data: all of it in one file, or nothing of it any more."""

from django.contrib.sessions.models import Session as Login
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts import audit
from accounts.models import AuditEntry, User
from sessions_app import trying
from sessions_app.lifecycle import erase_session
from sessions_app.models import Session, Tutor


def erase_student(student: User, by: User) -> None:
    """Account, sessions and media, logins. The audit log keeps that it was done. Can be repeated when it breaks off."""
    audit.record(by, AuditEntry.Action.ERASED, student)
    audit.forget(student)
    # No way in first, so that nothing new is said meanwhile.
    student.is_active = False
    student.save(update_fields=["is_active"])
    while sessions := list(Session.objects.filter(student=student)[:50]):
        for session in sessions:
            erase_session(session)
    trying.forget(Tutor.objects.filter(tried_by=student))  # of staff who go
    OutstandingToken.objects.filter(user=student).delete()  # blacklisted ones with them
    _end_logins(student)
    student.delete()


def _end_logins(student: User) -> None:
    """Of the staff side. Their rows hide whose they are, so all are read."""
    for login in Login.objects.iterator():
        if login.get_decoded().get("_auth_user_id") == str(student.pk):
            login.delete()
