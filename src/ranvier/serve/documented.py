"""Everything that is asked seldom, and the description of all of it: FastAPI."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi import Response as FastResponse
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from ranvier import __version__
from ranvier.serve import metrics, pages
from ranvier.serve.application import OPEN, Application
from ranvier.serve.calls import Response, as_json, refused
from ranvier.serve.faults import Fault
from ranvier.serve.schemas import ANY_BODY, ERROR, INFERENCE, as_it_is

ABOUT = {"name": "ranvier", "version": __version__, "extensions": ["binary_tensor_data"]}


def documented(app: Application, *, locked: bool) -> FastAPI:
    """The other half of an application.

    Args:
        app: the half that answers predictions, of which this one is to be the rest.
        locked: whether a token is needed.
    """
    models = app.models
    api = FastAPI(
        title="Ranvier",
        version=__version__,
        description="Trained models over HTTP.",
        docs_url=None,  # FastAPI's page fetches its scripts from elsewhere
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    unknown_model: dict[int | str, dict[str, Any]] = {404: ERROR}
    not_ready: dict[int | str, dict[str, Any]] = {503: {"description": "It is being stopped."}}

    @api.exception_handler(Fault)
    async def fault(_: Request, error: Fault) -> FastResponse:
        return _sent(refused(error))

    @api.exception_handler(HTTPException)
    async def unknown(request: Request, error: HTTPException) -> FastResponse:
        where = f"{request.method} {request.url.path:.100}"
        told = {404: f"There is no {where}: see /docs.", 405: f"{where} is not allowed: see /docs."}
        sentence = told.get(error.status_code, str(error.detail))
        found = _sent(refused(Fault(error.status_code, sentence)))
        found.headers.update(error.headers or {})  # such as the methods that are allowed
        return found

    @api.get("/v2", summary="The server", tags=["Open Inference Protocol"])
    async def about() -> FastResponse:
        return _json(ABOUT)

    @api.get("/v2/health/live", summary="Whether it runs", tags=["Open Inference Protocol"])
    async def live() -> FastResponse:
        return _json({"live": True})

    @api.get("/v2/health/ready", summary="Whether all models answer",
             tags=["Open Inference Protocol"], responses=not_ready)  # fmt: skip
    async def ready() -> FastResponse:
        return _json({"ready": not app.stopping}, 503 if app.stopping else 200)

    @api.get("/v2/models/{name}/versions/{version}", summary="The same of a version",
             tags=["Open Inference Protocol"], responses=unknown_model)  # fmt: skip
    @api.get("/v2/models/{name}", summary="What a model takes and gives",
             tags=["Open Inference Protocol"], responses=unknown_model)  # fmt: skip
    async def model(name: str, version: str | None = None) -> FastResponse:
        return _json(models.named(name, version).metadata())

    @api.get("/v2/models/{name}/versions/{version}/ready", summary="The same of a version",
             tags=["Open Inference Protocol"], responses=unknown_model | not_ready)  # fmt: skip
    @api.get("/v2/models/{name}/ready", summary="Whether a model answers",
             tags=["Open Inference Protocol"], responses=unknown_model | not_ready)  # fmt: skip
    async def model_ready(name: str, version: str | None = None) -> FastResponse:
        found = models.named(name, version)
        about = {"name": found.name, "ready": not app.stopping}
        return _json(about, 503 if app.stopping else 200)

    @api.get("/models", summary="All models, and how to ask them", tags=["Simple"])
    async def all_models() -> FastResponse:
        return _json({"models": [m.metadata() | {"form": m.service.form()} for m in models]})

    @api.get("/metrics", summary="Counters for Prometheus", tags=["Operation"],
             response_class=PlainTextResponse)  # fmt: skip
    async def counted() -> FastResponse:
        return FastResponse(app.metrics.text(), media_type=metrics.CONTENT_TYPE)

    @api.get("/docs", include_in_schema=False)
    async def docs() -> FastResponse:
        return _sent(pages.docs())

    @api.get("/", include_in_schema=False)
    async def page() -> FastResponse:
        return _sent(pages.page())

    _predictions(api, app)
    described = api.openapi

    def openapi() -> dict[str, Any]:
        return as_it_is(described(), models, OPEN if locked else None)

    api.openapi = openapi  # type: ignore[method-assign]
    return api


def _predictions(api: FastAPI, app: Application) -> None:
    """What the application answers itself; through here it would take the same way, slower."""

    async def answered(request: Request) -> FastResponse:
        response = await app.direct(_call(app, request))
        assert response is not None
        return _sent(response)

    bodies = {"application/json": {"schema": INFERENCE}}
    v2, simple = ["Open Inference Protocol"], ["Simple"]
    for path, summary, content, tags in (
        ("/v2/models/{name}/infer", "Predict tensors", bodies, v2),
        ("/v2/models/{name}/versions/{version}/infer", "The same by a version", bodies, v2),
        ("/predict", "Predict rows, where one model is served", ANY_BODY, simple),
        ("/models/{name}/predict", "Predict rows", ANY_BODY, simple),
        ("/models/{name}/explain", "What moved the answer for the first row", ANY_BODY, simple),
    ):
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        extra: dict[str, Any] = {
            "requestBody": {"required": True, "content": content},
            "parameters": [
                {"name": n, "in": "path", "required": True, "schema": {"type": "string"}}
                for n in names
            ],
        }
        api.add_api_route(
            path, answered, methods=["POST"], summary=summary, tags=list(tags),
            openapi_extra=extra,
            responses=dict.fromkeys((400, 404, 408, 413, 415, 429, 503, 504), ERROR),
        )  # fmt: skip


def _call(app: Application, request: Request) -> Any:
    return app.call_of(request.scope, request.receive)


def _json(value: Any, status: int = 200) -> FastResponse:
    return _sent(Response(status, as_json(value)))


def _sent(response: Response) -> FastResponse:
    found = FastResponse(response.body, response.status)
    found.raw_headers = [
        (b"content-type", response.kind),
        (b"content-length", b"%d" % len(response.body)),
        *response.headers,
    ]
    return found
