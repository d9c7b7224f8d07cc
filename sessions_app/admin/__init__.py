"""The staff side. Each module registers what it is about."""

from sessions_app.admin import knowledge, sessions, tutors

__all__ = ["knowledge", "sessions", "tutors"]
