"""My app: type an NHS number, see the patient.

This file finds the page for a request, `nhs_number` checks what was typed, `pds` asks the Personal Demographics
Service, `page` writes the HTML. Files in `public/` are served by the sandbox itself.
"""

from urllib.parse import parse_qs, urlsplit

from componentize_py_types import Ok
from wit_world import exports
from wit_world.imports.types import (
    Fields,
    IncomingRequest,
    Method_Get,
    Method_Head,
    OutgoingBody,
    OutgoingResponse,
    ResponseOutparam,
)

import nhs_number
import page
import pds

HEADERS = [
    ("content-type", b"text/html; charset=utf-8"),
    # The page is about one person, and its address holds their number: keep neither, tell nobody.
    ("cache-control", b"no-store"),
    ("referrer-policy", b"no-referrer"),
]


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        status, text = answer(request)
        response = OutgoingResponse(Fields.from_list(HEADERS))
        response.set_status_code(status)
        body = response.body()
        ResponseOutparam.set(response_out, Ok(response))
        with body.write() as stream:
            rest = text.encode()
            while rest:
                # The most that one write takes.
                stream.blocking_write_and_flush(rest[:4096])
                rest = rest[4096:]
        OutgoingBody.finish(body, None)


def answer(request: IncomingRequest) -> tuple[int, str]:
    if not isinstance(request.method(), (Method_Get, Method_Head)):
        return 405, page.told("Not possible", "This page can only be read.")
    address = urlsplit(request.path_with_query() or "/")
    if address.path != "/":
        return 404, page.told("Page not found", "This app has no page at this address.")
    typed = parse_qs(address.query, keep_blank_values=True).get("nhs")
    if typed is None:
        return 200, page.form()
    try:
        number = nhs_number.parse(typed[0])
    except nhs_number.Wrong as wrong:
        # Nobody is asked about a number that cannot be right.
        return 200, page.form(typed[0], str(wrong))
    return 200, page.answer(number, pds.read_patient(number))
