"""The one question this app asks: the Personal Demographics Service's "read a patient"."""

import json
import uuid
from dataclasses import dataclass, field

from componentize_py_types import Err
from wit_world.imports import outgoing_handler
from wit_world.imports.streams import StreamError_Closed
from wit_world.imports.types import (
    ErrorCode_ConnectionReadTimeout,
    ErrorCode_HttpResponseTimeout,
    Fields,
    IncomingResponse,
    OutgoingBody,
    OutgoingRequest,
    RequestOptions,
    Scheme_Https,
)

# The integration environment. To go live is to change this host, and to be allowed to.
HOST = "int.api.service.nhs.uk"
BASE = "/personal-demographics/FHIR/R4"
# People press the button again after about this long; the page must have been told by then.
PATIENCE_NS = 5_000_000_000


@dataclass
class Patient:
    """What this app shows of a patient. Any of it may be missing in a record."""

    nhs_number: str
    name: str
    born: str
    gender: str
    died: bool
    # Where this person lives must not be found out from here.
    restricted: bool
    # The lines of the home address. Empty when restricted.
    address: list[str] = field(default_factory=list)


class NotFound:
    """No record has this number, or not any more."""


class TryAgain:
    """Nothing came in time, or the service was busy."""


@dataclass
class Failed:
    """Everything else, with the reason for the people who run the app."""

    reason: str


Answer = Patient | NotFound | TryAgain | Failed


def read_patient(digits: str) -> Answer:
    """Asks for one patient. Says on the log what happened, never whom it is about."""
    request_id = str(uuid.uuid4())
    print(f"Asking for a patient, request {request_id}")
    try:
        status, body = get(f"{BASE}/Patient/{digits}", request_id)
    except Err as error:
        print(f"No answer: {error.value}")
        timeouts = (ErrorCode_HttpResponseTimeout, ErrorCode_ConnectionReadTimeout)
        return TryAgain() if isinstance(error.value, timeouts) else Failed("it could not be reached")
    print(f"It answered {status}")
    return understand(status, body)


def get(path: str, request_id: str) -> tuple[int, bytes]:
    # No Authorization: the sandbox signs this app in. Elsewhere an app adds its own access token here.
    headers = [("accept", b"application/fhir+json"), ("x-request-id", request_id.encode())]
    request = OutgoingRequest(Fields.from_list(headers))
    request.set_scheme(Scheme_Https())
    request.set_authority(HOST)
    request.set_path_with_query(path)
    OutgoingBody.finish(request.body(), None)
    options = RequestOptions()
    options.set_first_byte_timeout(PATIENCE_NS)
    coming = outgoing_handler.handle(request, options)
    coming.subscribe().block()
    came = coming.get().value
    if isinstance(came, Err):
        raise came
    return came.value.status(), body_of(came.value)


def body_of(response: IncomingResponse) -> bytes:
    parts = []
    with response.consume() as body, body.stream() as stream:
        while True:
            try:
                parts.append(stream.blocking_read(65_536))
            except Err as error:
                if isinstance(error.value, StreamError_Closed):
                    return b"".join(parts)
                raise


def understand(status: int, body: bytes) -> Answer:
    try:
        resource = json.loads(body)
        kind = resource.get("resourceType")
    except (ValueError, AttributeError):
        kind = None
    if status == 200 and kind == "Patient":
        return read(resource)
    # Only the service itself can say that nobody has the number; a wrong address is 404 as well.
    if status == 404 and kind == "OperationOutcome":
        return NotFound()
    if status in (408, 429, 502, 503, 504):
        return TryAgain()
    return Failed(f"it answered {status}")


def read(patient: dict) -> Patient:
    # "U" is unrestricted; every other code asks for care.
    marks = patient.get("meta", {}).get("security", [])
    restricted = any(mark.get("code") != "U" for mark in marks)
    name = chosen(patient.get("name"), "usual")
    address = chosen(patient.get("address"), "home")
    words = [*name.get("prefix", []), *name.get("given", []), name.get("family", "")]
    lines = [*address.get("line", []), address.get("postalCode", "")]
    return Patient(
        nhs_number=patient.get("id", ""),
        name=" ".join(word for word in words if word),
        born=patient.get("birthDate", ""),
        gender=patient.get("gender", ""),
        died=patient.get("deceasedBoolean") is True or "deceasedDateTime" in patient,
        restricted=restricted,
        address=[] if restricted else [line for line in lines if line],
    )


def chosen(items: list[dict] | None, wanted: str) -> dict:
    """Of several names or addresses the one with the wanted use, else the first."""
    items = items or [{}]
    return next((item for item in items if item.get("use") == wanted), items[0])
