"""The staff side. Each module registers what it is about."""

from sessions_app.admin import alerts, avatars, knowledge, progress, sessions, students, tutors

__all__ = ["alerts", "avatars", "knowledge", "progress", "sessions", "students", "tutors"]
