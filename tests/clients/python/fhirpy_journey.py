"""The journey with fhirpy: `fhirpy_journey.py BASE`."""

import asyncio
import sys
import uuid

from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome, ResourceNotFound

SYSTEM = "https://example.com/fhirpy-journey"


def raises(kind, ask):
    try:
        ask()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def made(client, marker, given):
    return client.resource(
        "Patient",
        identifier=[{"system": SYSTEM, "value": marker}],
        name=[{"family": "Nowak", "given": [given]}],
        gender="male",
        birthDate="1975-12-31",
    )


def main(base):
    client = SyncFHIRClient(base)
    marker = str(uuid.uuid4())
    token = f"{SYSTEM}|{marker}"

    # Create and read; refreshing asks with the version that is already here.
    patient = made(client, marker, "Jan")
    patient.save()
    assert patient.id and patient["meta"]["versionId"] == "1"
    same = client.reference("Patient", patient.id).to_resource()
    assert same.serialize() == patient.serialize()
    same.refresh()
    assert same["meta"]["versionId"] == "1"
    assert patient.is_valid(raise_exception=True)

    # Search, page by page.
    for number in range(6):
        made(client, marker, f"Number{number}").save()
    people = client.resources("Patient").search(identifier=token).sort("-_id").limit(2)
    found = [person.id for person in people]
    assert len(found) == 7 and found == sorted(set(found), reverse=True), found
    assert len(people.fetch()) == 2
    assert people.search(given__exact="Jan").get().id == patient.id
    assert people.search(given__contains="umber").first()["name"][0]["given"][0].startswith("Number")
    raises(MultipleResourcesFound, people.get)
    lenient = SyncFHIRClient(base, extra_headers={"Prefer": "handling=lenient"})
    assert lenient.resources("Patient").search(identifier=token).count() == 7

    # Conditional create and update: the same question finds the same resource.
    search = client.resources("Patient").search(identifier=f"{SYSTEM}|{marker}-conditional")
    first, fresh = search.update(made(client, f"{marker}-conditional", "Once"))
    again, fresh_again = search.update(made(client, f"{marker}-conditional", "Twice"))
    assert (fresh, fresh_again) == (True, False) and first.id == again.id
    assert again["meta"]["versionId"] == "2"

    # Update with If-Match; the second time it is stale.
    cautious = SyncFHIRClient(base, extra_headers={"If-Match": 'W/"1"'})
    changed = cautious.resource("Patient", **patient.serialize())
    changed["gender"] = "other"
    changed.save()
    assert changed["meta"]["versionId"] == "2"
    raises(MultipleResourcesFound, changed.save)  # fhirpy's name for 412
    patient.refresh()
    assert patient["gender"] == "other"

    # JSON Patch.
    patching = SyncFHIRClient(base, extra_headers={"Content-Type": "application/json-patch+json"})
    steps = [
        {"op": "test", "path": "/gender", "value": "other"},
        {"op": "replace", "path": "/gender", "value": "unknown"},
        {"op": "add", "path": "/name/0/given/-", "value": "Maria"},
    ]
    patched = patching.execute(f"Patient/{patient.id}", method="patch", data=steps)
    assert patched["gender"] == "unknown" and patched["name"][0]["given"] == ["Jan", "Maria"]
    raises(OperationOutcome, lambda: patching.execute(f"Patient/{patient.id}", method="patch", data=steps))

    # A transaction, all or nothing.
    reference = f"urn:uuid:{uuid.uuid4()}"
    weight = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": reference},
    }
    entries = [
        {
            "fullUrl": reference,
            "resource": made(client, marker, "Mother").serialize(),
            "request": {"method": "POST", "url": "Patient"},
        },
        {"resource": weight, "request": {"method": "POST", "url": "Observation"}},
    ]
    bundle = client.resource("Bundle", type="transaction", entry=entries)
    answer = client.execute("", data=bundle.serialize())
    assert answer["type"] == "transaction-response"
    mother = answer["entry"][0]["response"]["location"].split("Patient/")[1].split("/")[0]
    observations = client.resources("Observation").search(subject=f"Patient/{mother}").include("Observation", "subject")
    kinds = sorted(entry["resource"]["resourceType"] for entry in observations.fetch_raw()["entry"])
    assert kinds == ["Observation", "Patient"], kinds
    entries[1] = {"request": {"method": "GET", "url": "Patient/never-there"}}
    refused = client.resource("Bundle", type="transaction", entry=entries)
    raises(ResourceNotFound, lambda: client.execute("", data=refused.serialize()))
    assert lenient.resources("Patient").search(identifier=token).count() == 8

    # History and delete.
    history = client.execute(f"Patient/{patient.id}/_history", method="get")
    assert [entry["resource"]["meta"]["versionId"] for entry in history["entry"]] == ["3", "2", "1"]
    patient.delete()
    raises(ResourceNotFound, patient.refresh)
    error = raises(OperationOutcome, lambda: client.resources("Patient").search(famly="x").fetch())
    assert "famly" in str(error), error
    asyncio.run(at_once(base, token))


async def at_once(base, token):
    """The asynchronous half of the client: many requests in flight."""
    client = AsyncFHIRClient(base)
    patients = await client.resources("Patient").search(identifier=token).fetch_all()
    read = await asyncio.gather(*(client.reference("Patient", patient.id).to_resource() for patient in patients))
    assert [one.id for one in read] == [one.id for one in patients]


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
    print("fhirpy: the journey is made")
