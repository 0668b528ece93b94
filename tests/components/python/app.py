"""A Python app as its own tool chain builds it: says hello, and asks the NHS's Hello World for its message."""

import asyncio
import json

import poll_loop
from componentize_py_types import Ok
from poll_loop import PollLoop, Sink, Stream
from wit_world import exports
from wit_world.imports.types import (
    Fields,
    IncomingRequest,
    OutgoingBody,
    OutgoingRequest,
    OutgoingResponse,
    ResponseOutparam,
    Scheme_Https,
)


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        loop = PollLoop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(respond(request, response_out))


async def respond(request: IncomingRequest, response_out: ResponseOutparam) -> None:
    text = await call() if request.path_with_query() == "/call" else "Hello from Python\n"
    response = OutgoingResponse(Fields.from_list([("content-type", b"text/plain; charset=utf-8")]))
    body = response.body()
    ResponseOutparam.set(response_out, Ok(response))
    sink = Sink(body)
    await sink.send(text.encode())
    sink.close()


async def call() -> str:
    request = OutgoingRequest(Fields.from_list([]))
    request.set_scheme(Scheme_Https())
    request.set_authority("int.api.service.nhs.uk")
    request.set_path_with_query("/hello-world/hello/world")
    OutgoingBody.finish(request.body(), None)
    response = await poll_loop.send(request)
    status = response.status()
    stream = Stream(response.consume())
    parts = []
    while (part := await stream.next()) is not None:
        parts.append(part)
    return f"{status} {json.loads(b''.join(parts))['message']}\n"
