"""The HTML. Whatever comes from people and from records is escaped."""

from html import escape

import nhs_number
import pds


def form(typed: str = "", problem: str = "") -> str:
    """The form, with what was wrong the last time."""
    title = "Error: find a patient" if problem else "Find a patient"
    return layout(title, f"<h1>Find a patient</h1>{field(typed, problem)}")


def answer(asked: str, came: pds.Answer) -> str:
    """What came of asking."""
    again = field(nhs_number.spaced(asked))
    match came:
        case pds.Patient():
            return found(asked, came)
        case pds.NotFound():
            return told("No patient found", "No patient has this NHS number. Check it with the person.", again)
        case pds.TryAgain():
            return told("No answer in time", "The service did not answer. Wait a moment and look again.", again)
        case pds.Failed(reason):
            words = f"The Personal Demographics Service could not be asked: {reason}. Nothing is known about the patient."
            return told("Something went wrong", words, again)


def told(heading: str, words: str, below: str = "") -> str:
    return layout(heading, f"<h1>{escape(heading)}</h1><p>{escape(words)}</p>{below}")


def found(asked: str, patient: pds.Patient) -> str:
    warnings = ""
    if asked != patient.nhs_number:
        number = nhs_number.spaced(asked)
        warnings += f'<p class="warning">{number} has been replaced. This is the record that stands.</p>'
    if patient.restricted:
        warnings += (
            '<p class="warning">Restricted: this person\'s address must not be found out or passed on.</p>'
        )
    rows = {
        "Name": patient.name,
        "NHS number": nhs_number.spaced(patient.nhs_number),
        "Born": patient.born,
        "Gender": patient.gender,
    }
    if patient.died:
        rows["Died"] = "Yes"
    if not patient.restricted:
        rows["Address"] = ", ".join(patient.address)
    shown = "".join(
        f"<div><dt>{name}</dt><dd>{escape(value) or 'Not known'}</dd></div>" for name, value in rows.items()
    )
    return layout("Patient", f'<h1>Patient</h1>{warnings}<dl class="patient">{shown}</dl>{field()}')


def field(typed: str = "", problem: str = "") -> str:
    error = f'<p class="error" id="nhs-error">{escape(problem)}</p>' if problem else ""
    described_by = "nhs-hint nhs-error" if problem else "nhs-hint"
    return f"""<form method="get" novalidate autocomplete="off">
<label for="nhs">NHS number</label>
<p class="hint" id="nhs-hint">10 digits, for example 999 123 4567</p>{error}
<input id="nhs" name="nhs" inputmode="numeric" spellcheck="false" maxlength="40" value="{escape(typed)}"
 aria-describedby="{described_by}">
<button>Find patient</button>
</form>"""


def layout(title: str, main: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} – My app</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<p class="sandbox">Training sandbox: made-up patients, not for care</p>
<main>{main}</main>
</body>
</html>
"""
