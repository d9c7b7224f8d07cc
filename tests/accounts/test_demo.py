import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from accounts import demo
from accounts.models import User


@pytest.fixture
def production(settings: Settings) -> Settings:
    demo.create_accounts()
    settings.MODE = "production"
    return settings


def test_production_does_not_start_with_a_demo_password(db: None, production: Settings) -> None:
    with pytest.raises(ImproperlyConfigured, match="still has its demo password"):
        demo.refuse_in_production()


def test_production_starts_when_the_demo_accounts_are_changed_or_closed(db: None, production: Settings) -> None:
    admin = User.objects.get(email="admin@example.com")
    admin.set_password("something else, and longer")
    admin.save()
    User.objects.filter(email="student@example.com").update(is_active=False)

    demo.refuse_in_production()


def test_the_demo_itself_starts(db: None) -> None:
    demo.create_accounts()

    demo.refuse_in_production()
