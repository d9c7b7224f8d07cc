from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from accounts.guessing import CannotCount, TooManyGuesses


class LoginForm(AuthenticationForm):
    """Of the staff side."""

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except TooManyGuesses as error:
            raise ValidationError(str(error), code="too_many_guesses") from error
        except CannotCount as error:
            raise ValidationError("Nobody can log in right now. Please try again in a moment.") from error
        return cleaned
