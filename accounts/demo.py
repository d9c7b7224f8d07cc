"""The accounts of the demo, and the refusal to serve a school with them."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User


def create_accounts() -> None:
    for email, password in settings.DEMO_PASSWORDS.items():
        if User.objects.filter(email=email).exists():
            continue
        if email.startswith("admin"):
            User.objects.create_superuser(email, password, name="Demo admin")
        else:
            User.objects.create_user(email, password, name="Demo student")


def refuse_in_production() -> None:
    """Raises ImproperlyConfigured when somebody could log in with a password that stands in the README."""
    if settings.MODE != "production":
        return
    for user in User.objects.filter(email__in=settings.DEMO_PASSWORDS, is_active=True):
        if user.check_password(settings.DEMO_PASSWORDS[user.email]):
            raise ImproperlyConfigured(
                f"The demo account {user.email} still has its demo password. Change it or remove the account."
            )
