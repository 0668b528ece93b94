"""Whether fhir.resources accepts what the program says: `fhir_resources.py BASE`.

Every resource of every type that the workspace holds, page by page, and every kind of answer.
The models are those of R4B: there are none of R4. What R4 has and R4B has not is named in `ONLY_R4`.
"""

import json
import sys
import urllib.error
import urllib.request
from collections import Counter

from fhir.resources.R4B import get_fhir_model_class

PAGE = 200
# Elements and values of R4 (4.0.1) that R4B (4.3.0) took away or made stricter, by the model's words.
ONLY_R4 = ()


class Workspace:
    def __init__(self, base):
        self.base = base
        self.accepted = Counter()
        self.refused = []

    def ask(self, path, method="GET", body=None, **headers):
        """The answer's JSON, whatever its status; checked against the model of its type."""
        url = path if path.startswith("http") else f"{self.base}{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, method=method)
        request.add_header("Accept", "application/fhir+json")
        if data is not None:
            request.add_header("Content-Type", "application/fhir+json")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        answer = json.loads(text)
        self.check(answer, f"{method} {url}")
        return status, answer

    def check(self, resource, where):
        """A Bundle is checked as a whole: the models go down into its entries."""
        kind = resource["resourceType"]
        try:
            get_fhir_model_class(kind).model_validate(resource)
        except Exception as error:  # whatever the model says, it is to be told with its place
            if not any(words in str(error) for words in ONLY_R4):
                self.refused.append(f"{where}: {kind}/{resource.get('id', '-')}: {error}")
            return
        self.accepted[kind] += 1

    def every_resource(self):
        """Pages through every type that the capability statement names; how many there were of each."""
        _, capabilities = self.ask("/metadata")
        seen = Counter()
        for resource in capabilities["rest"][0]["resource"]:
            kind = resource["type"]
            url = f"/{kind}?_count={PAGE}"
            while url:
                status, page = self.ask(url)
                assert status == 200, (url, page)
                seen[kind] += len(page.get("entry", []))
                url = next((link["url"] for link in page["link"] if link["relation"] == "next"), None)
        return +seen


def answers(workspace):
    """One of every kind of answer, each made once; what is made is taken away again."""

    def expect(wanted, path, **rest):
        status, answer = workspace.ask(path, **rest)
        assert status == wanted, (path, status, wanted, str(answer)[:2000])
        return answer

    person = {"resourceType": "Patient", "name": [{"family": "Answer"}], "birthDate": "1999"}
    created = expect(201, "/Patient", method="POST", body=person)
    path = f"/Patient/{created['id']}"
    expect(200, path)
    expect(200, path, method="PUT", body={**person, "id": created["id"], "gender": "other"})
    expect(200, f"{path}/_history")
    expect(200, "/Patient/_history?_count=5")
    expect(200, "/_history?_count=5")
    expect(200, f"{path}/_history/1")
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "answer"},
        "subject": {"reference": path[1:]},
    }
    transaction = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"resource": observation, "request": {"method": "POST", "url": "Observation"}},
            {"request": {"method": "GET", "url": path[1:]}},
        ],
    }
    made = expect(200, "", method="POST", body=transaction)
    batch = dict(transaction, type="batch", entry=[*transaction["entry"], {"request": {"method": "GET", "url": "Patient/x"}}])
    also = expect(200, "", method="POST", body=batch)
    expect(200, f"{path}/$everything")
    expect(200, f"{path}/Observation")
    expect(200, f"/Observation?subject={path[1:]}&_include=Observation:subject&_summary=true")
    expect(200, f"/Patient?_id={created['id']}&_elements=name&_revinclude=Observation:subject")
    expect(200, f"/Patient?_id={created['id']}&_summary=count")
    expect(200, "/Patient/$validate", method="POST", body=person)
    expect(404, "/Patient/never-there")
    expect(404, "/Nonsense/1")
    expect(400, "/Patient?nonsense=1")
    expect(400, "/Patient", method="POST", body={"resourceType": "Observation"})
    expect(412, path, method="PUT", body={**person, "id": created["id"]}, If_Match='W/"1"')
    for bundle in (made, also):
        location = bundle["entry"][0]["response"]["location"].split("/_history")[0]
        expect(200, "/Observation/" + location.rsplit("/", 1)[1], method="DELETE", Prefer="return=OperationOutcome")
    expect(200, path, method="DELETE", Prefer="return=OperationOutcome")
    expect(410, path)
    # The history of what is deleted has an entry without a resource.
    expect(200, f"{path}/_history")


def main(base):
    workspace = Workspace(base)
    seen = workspace.every_resource()
    answers(workspace)
    assert sum(seen.values()) > 0, "the workspace is empty"
    for line in workspace.refused[:20]:
        print(line, file=sys.stderr)
    assert not workspace.refused, f"{len(workspace.refused)} answers are refused"
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(seen.items()))
    print(f"fhir.resources: accepts every answer; the seed: {told}")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
