"""``python -m engine.plain_pdf WORD PDF``: a Word file as PDF by dxpdf, in a process of its own."""

import sys
from pathlib import Path

import dxpdf


def main() -> None:
    """Convert one file into the other."""
    word, made = map(Path, sys.argv[1:])
    made.write_bytes(dxpdf.convert(word.read_bytes()))


if __name__ == "__main__":
    main()
