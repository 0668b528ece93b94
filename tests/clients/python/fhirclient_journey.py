"""The journey with fhirclient, the SMART project's client for Python: `fhirclient_journey.py BASE`."""

import sys
import uuid

import requests
from fhirclient.client import FHIRClient
from fhirclient.models.bundle import Bundle
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from fhirclient.server import FHIRNotFoundException

SYSTEM = "https://example.com/fhirclient-journey"


def person(marker, given):
    return Patient(
        {
            "resourceType": "Patient",
            "identifier": [{"system": SYSTEM, "value": marker}],
            "name": [{"family": "Okonkwo", "given": [given]}],
            "gender": "female",
            "birthDate": "1980-02-29",
        }
    )


def refused(status, ask):
    """What `ask` does must be refused with this status; the OperationOutcome's first issue is handed back."""
    try:
        ask()
    except (requests.HTTPError, FHIRNotFoundException) as error:
        assert error.response.status_code == status, (status, error.response.status_code, error.response.text)
        outcome = error.response.json()
        assert outcome["resourceType"] == "OperationOutcome", outcome
        return outcome["issue"][0]
    raise AssertionError(f"was not refused with {status}")


def main(base):
    smart = FHIRClient(settings={"app_id": "journey", "api_base": base})
    server = smart.server
    # The capability statement offers a login (SMART) and demands none: everything below goes without.
    assert not smart.prepare() and smart.authorize_url.startswith(f"{sys.argv[1]}/auth/authorize?")
    assert server.capabilityStatement.fhirVersion == "4.0.1"
    marker = str(uuid.uuid4())

    # Create and read.
    created = person(marker, "Ada").create(server)
    assert created["meta"]["versionId"] == "1", created
    patient = Patient.read(created["id"], server)
    assert patient.name[0].family == "Okonkwo" and patient.birthDate.isostring == "1980-02-29"

    # Search, page by page.
    for number in range(6):
        person(marker, f"Number{number}").create(server)
    search = Patient.where({"identifier": f"{SYSTEM}|{marker}", "_count": "3", "_sort": "_id"})
    pages = list(search.perform_iter(server))
    assert [len(page.entry) for page in pages] == [3, 3, 1], [len(page.entry or []) for page in pages]
    found = [entry.resource.id for page in pages for entry in page.entry]
    assert found == sorted(set(found)) and created["id"] in found, found
    assert all(entry.search.mode == "match" for page in pages for entry in page.entry)
    one = Patient.where({"identifier": f"{SYSTEM}|{marker}", "given": "ada"})
    assert [match.id for match in one.perform_resources_iter(server)] == [patient.id]

    # Update with If-Match; the second time it is stale.
    patient.gender = "other"
    server.session.headers["If-Match"] = 'W/"1"'
    updated = patient.update(server)
    assert updated["meta"]["versionId"] == "2" and updated["gender"] == "other", updated
    patient.gender = "male"
    refused(412, lambda: patient.update(server))
    del server.session.headers["If-Match"]
    assert Patient.read(patient.id, server).gender == "other"

    # A transaction whose entries refer to each other.
    mother, reading = (f"urn:uuid:{uuid.uuid4()}" for _ in range(2))
    bundle = Bundle(
        {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                {
                    "fullUrl": reading,
                    "resource": {
                        "resourceType": "Observation",
                        "status": "final",
                        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
                        "subject": {"reference": mother},
                        "valueQuantity": {
                            "value": 70.50,
                            "unit": "kg",
                            "system": "http://unitsofmeasure.org",
                            "code": "kg",
                        },
                    },
                    "request": {"method": "POST", "url": "Observation"},
                },
                {
                    "fullUrl": mother,
                    "resource": person(marker, "Mother").as_json(),
                    "request": {"method": "POST", "url": "Patient"},
                },
            ],
        }
    )
    answer = Bundle(bundle.create(server))
    assert answer.type == "transaction-response", answer.as_json()
    assert [entry.response.status[:3] for entry in answer.entry] == ["201", "201"], answer.as_json()
    mother_id = answer.entry[1].response.location.split("Patient/")[1].split("/")[0]
    weights = Observation.where({"subject": f"Patient/{mother_id}", "code": "http://loinc.org|29463-7"})
    weights = list(weights.perform_resources_iter(server))
    assert [weight.subject.reference for weight in weights] == [f"Patient/{mother_id}"], weights
    assert float(weights[0].valueQuantity.value) == 70.5

    # History.
    history = Bundle.read_from(f"Patient/{patient.id}/_history", server)
    assert history.type == "history" and history.total == 2, history.as_json()
    assert [entry.resource.meta.versionId for entry in history.entry] == ["2", "1"]
    assert Patient.read_from(f"Patient/{patient.id}/_history/1", server).gender == "female"

    # Delete, and what is answered afterwards.
    patient.delete(server)
    issue = refused(410, lambda: Patient.read(patient.id, server))
    assert issue["code"] == "deleted", issue
    issue = refused(404, lambda: Patient.read("never-there", server))
    assert issue["code"] == "not-found", issue
    issue = refused(400, lambda: list(Patient.where({"famly": "x"}).perform_resources_iter(server)))
    assert "famly" in str(issue), issue


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
    print("fhirclient: the journey is made")
