"""The staff side. Each module registers what it is about."""

from sessions_app.admin import avatars, knowledge, sessions, students, tutors

__all__ = ["avatars", "knowledge", "sessions", "students", "tutors"]
