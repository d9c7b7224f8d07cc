from sessions_app.models.greetings import GreetingClip
from sessions_app.models.knowledge import Chunk, Document, KnowledgeBase
from sessions_app.models.sessions import Segment, Session, Turn
from sessions_app.models.tutors import Avatar, Tutor
from sessions_app.models.usage import Usage

__all__ = [
    "Avatar",
    "Chunk",
    "Document",
    "GreetingClip",
    "KnowledgeBase",
    "Segment",
    "Session",
    "Turn",
    "Tutor",
    "Usage",
]
