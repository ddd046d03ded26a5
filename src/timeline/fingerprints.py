"""Fingerprints of source documents, which are not redistributed: whoever has the text can tell that it is the same."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path


def paragraphs(text: str) -> list[str]:
    r"""The paragraphs of a document: its lines that are not blank.

    >>> paragraphs("One.\n\n  Two. \n")
    ['One.', 'Two.']
    """
    return [line.strip() for line in text.splitlines() if line.strip()]


def fingerprint(text: str) -> str:
    r"""SHA-256 of a text after Unicode NFKC, with every run of white space as one space and none at the ends.

    >>> fingerprint("A  line.\n") == fingerprint("A line.")
    True
    """
    normalised = " ".join(unicodedata.normalize("NFKC", text).split())
    return hashlib.sha256(normalised.encode("utf-8")).hexdigest()


def sha256(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
