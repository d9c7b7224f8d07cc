"""The staff side of accounts: users, classes, the audit log."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.admin import audit, classes, users

__all__ = ["audit", "classes", "users"]

# The role decides, not groups; and nobody needs to read other people's tokens and secrets.
for _model in (Group, BlacklistedToken, OutstandingToken, StaticDevice, TOTPDevice):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)
