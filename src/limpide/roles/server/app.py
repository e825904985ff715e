"""What does the server answer? The public addresses, and the two that only its operator sees."""

import asyncio
import time
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from limpide.canonical import MAX_ENTRY, LimpideError, Refused
from limpide.log.sequencer import Sequencer
from limpide.record.events import EntryId
from limpide.roles.folder import MAX_DOCUMENT, Folder, is_digest
from limpide.roles.server.admission_pool import AdmissionPool, Busy
from limpide.roles.server.bodies import RefusedBody, read_body, stream_body
from limpide.roles.server.configuration import Configuration
from limpide.roles.server.documents import DocumentStore
from limpide.roles.server.judge import DocumentsAwaited, RecordJudge
from limpide.roles.server.metrics import Metrics
from limpide.roles.server.problems import Problem, no_file, preferred_language
from limpide.roles.server.static import PublicFiles
from limpide.roles.server.station_pages import StationPages

_OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, eq=False)
class Intake:
    """Everything that answering needs."""

    folder: Folder
    configuration: Configuration
    sequencer: Sequencer
    judge: RecordJudge
    pool: AdmissionPool
    documents: DocumentStore
    stations: StationPages
    metrics: Metrics = field(default_factory=Metrics)

    async def post_entry(self, request: Request) -> Response:
        """``POST /entries``: a signed note; the answer is the same note with the server's line. Spec 8.2."""
        try:
            entry = await read_body(request, limit=MAX_ENTRY, seconds=self.configuration.body_seconds)
            began = time.perf_counter()
            answer = await self.pool.submit(entry)
        except (RefusedBody, Busy) as refusal:
            return _problem(request, refusal.problem)
        except DocumentsAwaited as refusal:
            self.documents.expect(refusal.documents)
            problem = Problem.of(refusal)
            awaited = Problem(
                problem.status, "8.5", problem.message, {"count": len(refusal.documents)}, refusal.documents
            )
            return _problem(request, awaited)
        except LimpideError as refusal:
            return _problem(request, Problem.of(refusal))
        self.metrics.answering.observe(time.perf_counter() - began)
        return Response(answer, HTTPStatus.OK, {**_OPEN, "Cache-Control": "no-store"}, _TEXT)

    async def put_document(self, request: Request) -> Response:
        """``PUT /documents/<sha256>``: 201 when stored, 200 when it was there. Spec 8.4."""
        digest = request.path_params["digest"]
        seconds = self.configuration.document_seconds
        try:
            if not self.documents.check(digest):
                return Response(status_code=HTTPStatus.OK, headers=_OPEN)
            await self.documents.receive(digest, stream_body(request, limit=MAX_DOCUMENT, seconds=seconds))
        except RefusedBody as refusal:
            return _problem(request, refusal.problem)
        except Refused as refusal:
            return _problem(request, Problem(HTTPStatus.FORBIDDEN, refusal.clause, refusal.message, refusal.facts))
        except LimpideError as refusal:
            return _problem(request, Problem.of(refusal))
        self.metrics.documents += 1
        return Response(status_code=HTTPStatus.CREATED, headers=_OPEN)

    async def get_proof(self, request: Request) -> Response:
        """``GET /proof/<entry id>``: the C2SP proof file; 425 until a checkpoint holds it. Spec 8.7, 8.8."""
        name = request.path_params["entry"]
        index = self.judge.record.find(EntryId(bytes.fromhex(name))) if is_digest(name) else None
        facts = {"subject": name[:80]}
        if index is None:
            return _problem(request, Problem(HTTPStatus.NOT_FOUND, "8.7", "there is no such entry", facts))
        try:
            proof = await asyncio.to_thread(self.sequencer.proof, index)
        except Refused:
            soon = Problem(HTTPStatus.TOO_EARLY, "8.8", "no checkpoint holds it yet", facts, retry_seconds=1)
            return _problem(request, soon)
        return Response(proof, HTTPStatus.OK, {**_OPEN, "Cache-Control": "no-cache"}, _TEXT)

    async def get_station(self, request: Request) -> Response:
        """``GET /unit/<round>/<unit>?lang=``: to the page of a station at its permanent address. Spec 8.9."""
        asked = request.query_params.get("lang") or request.headers.get("accept-language", "")
        language = preferred_language(asked)
        path = self.stations.path(request.path_params["round"], request.path_params["unit"], language)
        if path is None:
            return _problem(request, no_file(request.url.path))
        return RedirectResponse(f"/{path}", HTTPStatus.SEE_OTHER, _OPEN)

    async def render(self, path: str) -> bytes | None:
        """The page of a station, for a path where no file stands."""
        return await asyncio.to_thread(self.stations.render, self.judge.record, path)

    async def get_health(self, _request: Request) -> Response:
        """``GET /health``: sizes and the publication that is on record; not public."""
        record = self.judge.record
        latest = record.latest
        return JSONResponse(
            {
                "accepted": record.size,
                "included": self.sequencer.checkpoint.size,
                "publication": latest.publication.number if latest else 0,
                "waiting": len(self.pool),
            }
        )

    async def get_metrics(self, _request: Request) -> Response:
        """``GET /metrics``: the Prometheus text format; not public."""
        page = self.metrics.expose(
            entries_accepted=self.judge.record.size,
            entries_included=self.sequencer.checkpoint.size,
            entries_waiting=len(self.pool),
            publications=len(self.judge.record.publications()),
        )
        return PlainTextResponse(page)


def public_app(intake: Intake) -> ASGIApp:
    """The addresses for everyone."""
    return _entries_first(intake, Starlette(routes=_public_routes(intake)))


def private_app(intake: Intake) -> ASGIApp:
    """The same, with the operator's addresses; for the loopback listener."""
    own = [Route("/health", intake.get_health), Route("/metrics", intake.get_metrics)]
    return _entries_first(intake, Starlette(routes=[*own, *_public_routes(intake)]))


def _entries_first(intake: Intake, others: ASGIApp) -> ASGIApp:
    """Entries are answered before any routing, which would be a third of what an entry costs here."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/entries" and scope["method"] == "POST":
            response = await intake.post_entry(Request(scope, receive))
            await response(scope, receive, send)
        else:
            await others(scope, receive, send)

    return app


def _public_routes(intake: Intake) -> list[Route | Mount]:
    return [
        Route("/documents/{digest}", intake.put_document, methods=["PUT"]),
        Route("/proof/{entry}", intake.get_proof),
        Route("/unit/{round:int}/{unit}", intake.get_station),
        Mount("/", PublicFiles(intake.folder.public, intake.render)),
    ]


def _problem(request: Request, problem: Problem) -> Response:
    response = problem.response(request.headers)
    response.headers.update(_OPEN)
    return response
