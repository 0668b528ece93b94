"""Reads NDJSON from the standard input and says what fhir.resources (R4B models) does not accept.

    pip install fhir.resources==8.3.0
    cargo run --release -p population --example ndjson -- 100 | python3 fhir_resources.py
"""

import collections
import json
import sys

from fhir.resources.R4B import get_fhir_model_class


def main() -> int:
    accepted = collections.Counter()
    refused = 0
    for number, line in enumerate(sys.stdin, start=1):
        resource = json.loads(line)
        kind = resource["resourceType"]
        try:
            get_fhir_model_class(kind).model_validate(resource)
        except Exception as error:  # whatever the library raises is what we want to read
            refused += 1
            if refused <= 20:
                print(f"line {number}: {kind}/{resource.get('id')}: {error}", file=sys.stderr)
        else:
            accepted[kind] += 1
    print(f"{sum(accepted.values())} accepted, {refused} refused: {dict(sorted(accepted.items()))}")
    return 1 if refused or not accepted else 0


if __name__ == "__main__":
    sys.exit(main())
