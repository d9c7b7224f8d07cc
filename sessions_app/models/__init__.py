from sessions_app.models.figures import DayFigures, FirstFrames
from sessions_app.models.greetings import GreetingClip
from sessions_app.models.knowledge import Chunk, Document, KnowledgeBase
from sessions_app.models.progress import Check, Mastery, Skill, Summary
from sessions_app.models.safety import Flag
from sessions_app.models.sessions import Segment, Session, Turn
from sessions_app.models.tutors import Avatar, Exercise, Topic, Tutor
from sessions_app.models.usage import Usage

__all__ = [
    "Avatar",
    "Check",
    "Chunk",
    "DayFigures",
    "Document",
    "Exercise",
    "FirstFrames",
    "Flag",
    "GreetingClip",
    "KnowledgeBase",
    "Mastery",
    "Segment",
    "Session",
    "Skill",
    "Summary",
    "Topic",
    "Turn",
    "Tutor",
    "Usage",
]
