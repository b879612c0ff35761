"""What each kind of model does with a request."""

from ranvier.serve.services.base import Answer, Service
from ranvier.serve.services.choosing import service_of

__all__ = ["Answer", "Service", "service_of"]
