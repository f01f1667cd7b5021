"""Which request something happens in, and from which address: set by the outermost layer, kept with what is written."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
"""In every log line and every error answer."""

_origin: ContextVar[str] = ContextVar("origin", default="")


def begin(request: str, address: str) -> None:
    """From here on everything in this context belongs to this request of this address."""
    request_id.set(request)
    _origin.set(f"{request} {address}")


origin = _origin.get
"""`3f2a9c… 10.0.0.7`, empty where nobody asked (the worker). Taken when a thing is made, for lanes run in another's context."""


def parts(text: str) -> tuple[str, str]:
    """The request and the address of an origin."""
    request, _, address = text.partition(" ")
    return request, address
