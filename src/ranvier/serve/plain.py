"""The simple way: rows as JSON or CSV, or files, to one model."""

from __future__ import annotations

from typing import Any

from ranvier.serve.calls import Call, Response, as_json, document
from ranvier.serve.faults import Fault, bad
from ranvier.serve.hosting import Hosted
from ranvier.serve.services import Answer, Service

FORM = b"multipart/form-data"
FILES = (b"image/", b"audio/")
TABLES = (b"text/csv", b"application/csv")
# What people's programs say of JSON where they were told nothing.
DOCUMENTS = (b"", b"application/json", b"text/json", b"application/x-www-form-urlencoded")
MOST_PARTS = 1_000


def is_document(call: Call) -> bool:
    """Whether the body is JSON, which is read at once."""
    return _kind(call) in DOCUMENTS


def read(call: Call, service: Service, body: bytes) -> Any:
    """What is asked of a model.

    Raises:
        Fault: it cannot be read, or the model does not take it.
    """
    kind = _kind(call)
    if kind in DOCUMENTS:
        return service.read_json(document(body))
    if kind in TABLES:
        return service.read_csv(body)
    if kind == FORM:
        return service.read_files(*form_of(call.headers[b"content-type"], body))
    if kind.startswith(FILES) or kind == b"text/plain":
        return service.read_files([("The file", body)], {})
    raise Fault(
        415,
        f"Rows may come as application/json, text/csv, multipart/form-data or image/*; got "
        f"{kind.decode('latin-1')!r:.60}.",
    )


def _kind(call: Call) -> bytes:
    return call.headers.get(b"content-type", b"").split(b";")[0].strip().lower()


def written(hosted: Hosted, answer: Answer) -> Response:
    """The answer."""
    about = {"model": hosted.name, "version": str(hosted.version)}
    return Response(200, as_json(about | hosted.service.shown(answer)))


def form_of(content_type: bytes, body: bytes) -> tuple[list[tuple[str, bytes]], dict[str, str]]:
    """The files of a form, (name, content) each, in their order, and its fields.

    Raises:
        Fault: the form is damaged, or holds no file.
    """
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser, parse_options_header

    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise bad("The form has no boundary: let your library write its Content-Type.")
    parts = _Parts(parse_options_header)
    try:
        parser = MultipartParser(boundary, parts.callbacks())
        parser.write(body)
        parser.finalize()
    except FormParserError:
        raise bad("The form is damaged: its parts cannot be told apart.") from None
    if not parts.files:
        raise bad("The form holds no file: add one, as curl -F file=@picture.png does.")
    return parts.files, parts.fields


class _Parts:
    """Gathers the files and fields of a form while it is read."""

    def __init__(self, options: Any) -> None:
        self.files: list[tuple[str, bytes]] = []
        self.fields: dict[str, str] = {}
        self._options = options
        self._field = self._value = b""
        self._name: str | None = None  # of a file
        self._key: str | None = None  # of a field
        self._data = bytearray()

    def callbacks(self) -> Any:
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._on_field,
            "on_header_value": self._on_value,
            "on_header_end": self._header,
            "on_part_data": self._on_data,
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        self._name, self._key, self._data = None, None, bytearray()

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header(self) -> None:
        if self._field.lower() == b"content-disposition":
            _, options = self._options(self._value)
            name, key = options.get(b"filename"), options.get(b"name")
            self._name = None if name is None else name.decode("utf-8", "replace")[:80]
            self._key = None if key is None else key.decode("utf-8", "replace")
        self._field = self._value = b""

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]

    def _end(self) -> None:
        if len(self.files) + len(self.fields) == MOST_PARTS:
            raise bad(f"A form may hold {MOST_PARTS:,} files and fields.")
        if self._name is not None:
            self.files.append((self._name or "The file", bytes(self._data)))
        elif self._key is not None:
            self.fields[self._key] = self._data.decode("utf-8", "replace")
