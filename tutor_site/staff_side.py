"""The look of the staff side and its navigation. What somebody may not see is not offered to him."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy

NAVIGATION: list[tuple[str, list[tuple[str, str, str]]]] = [
    (
        "Teaching",
        [("Tutors", "school", "Tutor"), ("Faces", "face", "Avatar"), ("Material", "menu_book", "KnowledgeBase")],
    ),
    (
        "Students",
        [
            ("Classes", "groups", "SchoolClass"),
            ("Accounts", "person", "User"),
            ("Sessions", "forum", "Session"),
            ("Alerts", "flag", "Flag"),
            ("Progress", "trending_up", "Mastery"),
        ],
    ),
    ("School", [("Audit log", "history", "AuditEntry")]),
]
"""Title, icon and model of each page."""


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    from django.contrib import admin
    from django.urls import reverse

    pages = {model.__name__: (model, page) for model, page in admin.site._registry.items()}

    def entry(title: str, icon: str, name: str) -> dict[str, Any] | None:
        if name not in pages or not pages[name][1].has_view_permission(request):
            return None
        meta = pages[name][0]._meta
        link = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        return {"title": title, "icon": icon, "link": link}

    groups = [
        {"title": title, "separator": True, "items": [found for each in entries if (found := entry(*each))]}
        for title, entries in NAVIGATION
    ]
    today = {"title": "Today", "icon": "dashboard", "link": reverse("admin:index")}
    return [{"items": [today]}, *(group for group in groups if group["items"])]


def environment(request: HttpRequest) -> list[str] | None:
    from django.conf import settings

    return {"demo": ["Demo", "warning"], "dev": ["Development", "info"]}.get(settings.MODE)


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Virtual Tutor",
    "SITE_HEADER": "Virtual Tutor",
    "SITE_SUBHEADER": "Staff",
    "SITE_SYMBOL": "school",
    "SITE_URL": "/",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": True,
    "ENVIRONMENT": "tutor_site.staff_side.environment",
    "DASHBOARD_CALLBACK": "sessions_app.admin.dashboard.dashboard",
    "LOGIN": {"form": "accounts.login_form.LoginForm"},
    "ACCOUNT": {"navigation": [{"title": "Second factor", "link": reverse_lazy("second_factor_set_up")}]},
    "SIDEBAR": {"navigation": navigation},
}
