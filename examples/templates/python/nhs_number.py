"""An NHS number as people type it, and what to tell them when it cannot be one."""

import re


class Wrong(Exception):
    """Says in one sentence how to put the number right."""


def parse(typed: str) -> str:
    """The ten digits. Spaces and dashes are how NHS numbers are printed, so they are welcome."""
    digits = re.sub(r"[\s\-\u2010-\u2015]", "", typed)
    if not digits:
        raise Wrong("Enter an NHS number")
    if not re.fullmatch(r"[0-9]+", digits):
        raise Wrong("NHS number must only include numbers, spaces and dashes")
    if len(digits) != 10:
        raise Wrong("NHS number must have 10 digits")
    if not check_digit_agrees(digits):
        raise Wrong("Check the NHS number: one of its digits is wrong")
    return digits


def check_digit_agrees(digits: str) -> bool:
    """Modulus 11: weights 10 down to 2 for the first nine digits; a check digit of 10 is never issued."""
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits))
    return (11 - total % 11) % 11 == int(digits[9])


def spaced(digits: str) -> str:
    """As the NHS prints it: 999 123 4567."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
