from accounts.models.audit import AuditEntry
from accounts.models.classes import SchoolClass
from accounts.models.users import User, UserManager

__all__ = ["AuditEntry", "SchoolClass", "User", "UserManager"]
