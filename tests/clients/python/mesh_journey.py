"""The journey with mesh-client: `mesh_journey.py BASE`, where BASE is the address before `/messageexchange`."""

import sys
import uuid

from mesh_client import MeshClient
from requests import HTTPError


def client(base, mailbox, password="password", **more):
    return MeshClient(base, mailbox, password, shared_key=b"TestKey", **more)


def main(base):
    # Five chunks and a bit, of bytes that are no text.
    content = bytes(range(256)) * 2_100
    subject = str(uuid.uuid4())
    with client(base, "X26ABC1", max_chunk_size=100_000) as sender, client(base, "X26ABC2") as recipient:
        sender.handshake()
        assert sender.ping()["version"]
        before = set(recipient.list_messages())
        sent = sender.send_message(
            "X26ABC2",
            content,
            workflow_id="TEST_WORKFLOW",
            subject=subject,
            filename="scan.bin",
            local_id=subject,
        )
        assert sender.track_message(sent)["status"] == "accepted"
        (new,) = set(recipient.list_messages()) - before
        assert new == sent
        with recipient.retrieve_message(new) as message:
            assert message.read() == content
            assert message.subject == subject
            assert message.filename == "scan.bin"
        recipient.acknowledge_message(new)
        assert new not in recipient.list_messages()
        assert sender.track_message(sent)["status"] == "acknowledged"

        # Packed by the client on the way out, unpacked by it on the way in.
        with client(base, "X26ABC1", max_chunk_size=1_000_000, transparent_compress=True) as packer:
            packed = packer.send_message("X26ABC2", b"words " * 10_000, workflow_id="TEST_WORKFLOW")
        with recipient.retrieve_message(packed) as message:
            assert message.read() == b"words " * 10_000
        recipient.acknowledge_message(packed)

        found = sender.lookup_endpoint("X26", "TEST_WORKFLOW2")["results"]
        assert [mailbox["mailbox_id"] for mailbox in found] == ["X26ABC1", "X26ABC2"]
    with client(base, "X26ABC1", "guess", max_retries=0) as stranger:
        try:
            stranger.handshake()
            raise AssertionError("a wrong password opened the mailbox")
        except HTTPError as error:
            assert error.response.status_code == 403


main(sys.argv[1])
