"""Why a call is not carried out, with codes beside the words."""

from rest_framework import status
from rest_framework.exceptions import APIException


class EngineOff(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "GPU Server is not enabled"
    default_code = "engine_off"


class SessionEnded(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "This session has ended."
    default_code = "session_ended"


class TutorNotOpen(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "This tutor is not available any more."
    default_code = "tutor_gone"


class StillOpen(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "This session has not ended yet."
    default_code = "session_goes_on"


class AnsweredBefore(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "You have answered this question already."
    default_code = "already_answered"
