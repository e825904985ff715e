"""How is a refusal said over HTTP? RFC 9457 problem documents, one sentence, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import msgspec
from starlette.datastructures import Headers
from starlette.responses import Response

from limpide.canonical import InvalidSignature, LimpideError, NotCanonical
from limpide.words import LANGUAGES, Language, sentence

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request was refused: the status, the clause broken, and the facts of its sentence."""

    status: HTTPStatus
    clause: str
    message: str
    """The sentence for developers, where the catalogue has none."""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    """Digests of the documents that must be sent first. Spec 8.4."""
    retry_seconds: int | None = None

    @classmethod
    def of(cls, error: LimpideError) -> "Problem":
        """The problem that an error of the record is: its form, its signatures, or the state of the record."""
        match error:
            case NotCanonical():
                status = HTTPStatus.BAD_REQUEST
            case InvalidSignature():
                status = HTTPStatus.FORBIDDEN
            case _:
                status = HTTPStatus.CONFLICT if error.clause != "2.2" else HTTPStatus.FORBIDDEN
        return cls(status, error.clause, error.message, error.facts)

    def detail(self, language: Language) -> str:
        """The sentence."""
        try:
            return sentence(f"clause.{self.clause}", language, **self.facts)
        except KeyError:
            return self.message

    def response(self, headers: Headers) -> Response:
        """The answer in the language that the request prefers."""
        language = preferred_language(headers.get("accept-language", ""))
        body = {
            "type": f"urn:limpide:clause:{self.clause}",
            "title": self.status.phrase,
            "status": self.status.value,
            "clause": self.clause,
            "detail": self.detail(language),
            **({"documents": self.documents} if self.documents else {}),
        }
        extra = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store"}
        if self.retry_seconds is not None:
            extra["Retry-After"] = str(self.retry_seconds)
        return Response(msgspec.json.encode(body), self.status, extra, MEDIA_TYPE)


def no_file(path: str) -> Problem:
    """That nothing stands at a path. Spec 8.9."""
    return Problem(HTTPStatus.NOT_FOUND, "8.9", f"nothing stands at {path[:80]}", {"subject": path[:80]})


def preferred_language(accepted: str) -> Language:
    """The best of ours in an ``Accept-Language``, French where none is asked for. RFC 9110, 12.5.4."""
    best: Language = LANGUAGES[0]
    weight = 0.0
    for item in accepted.split(",")[:16]:
        tag, _, parameter = item.strip().partition(";")
        language = next((name for name in LANGUAGES if tag.lower().partition("-")[0] == name), None)
        quality = _quality(parameter)
        if language is not None and quality > weight:
            best, weight = language, quality
    return best


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
