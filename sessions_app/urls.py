from django.urls import path

from sessions_app.views.engine import EngineHealthView, EngineSessionListView, EngineSessionView, GpuHealthView
from sessions_app.views.handover import HandoverView
from sessions_app.views.history import ExportView, ResumeView, TranscriptView
from sessions_app.views.media import media
from sessions_app.views.progress import AnswerView, ChecksView, ProgressView, SummaryView
from sessions_app.views.student import (
    SessionListView,
    SessionTokenView,
    SessionView,
    TurnListView,
    TutorListView,
    TutorView,
)

urlpatterns = [
    path("api/auth/handover", HandoverView.as_view()),
    path("api/tutors", TutorListView.as_view()),
    path("api/tutors/<int:pk>", TutorView.as_view()),
    path("api/student/sessions", SessionListView.as_view()),
    path("api/student/sessions/<str:session_id>", SessionView.as_view()),
    path("api/student/sessions/<str:session_id>/token", SessionTokenView.as_view()),
    path("api/student/sessions/<str:session_id>/turns", TurnListView.as_view()),
    path("api/student/sessions/<str:session_id>/resume", ResumeView.as_view()),
    path("api/student/sessions/<str:session_id>/transcript", TranscriptView.as_view()),
    path("api/student/sessions/<str:session_id>/export", ExportView.as_view()),
    path("api/student/sessions/<str:session_id>/summary", SummaryView.as_view()),
    path("api/student/sessions/<str:session_id>/checks", ChecksView.as_view()),
    path("api/student/sessions/<str:session_id>/checks/<int:position>/answer", AnswerView.as_view()),
    path("api/student/progress", ProgressView.as_view()),
    path("api/student/gpu/health", GpuHealthView.as_view()),
    path("engine/health", EngineHealthView.as_view()),
    path("engine/v1/sessions", EngineSessionListView.as_view()),
    path("engine/v1/sessions/<str:session_id>", EngineSessionView.as_view()),
    path("media/<path:key>", media),
]
