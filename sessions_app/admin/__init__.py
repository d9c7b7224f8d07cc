"""The staff side. Each module registers what it is about."""

from sessions_app.admin import knowledge, sessions, students, tutors

__all__ = ["knowledge", "sessions", "students", "tutors"]
