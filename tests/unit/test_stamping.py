"""The code that each page of a PDF gets."""

import pytest

from engine import stamping
from engine.documents import code
from engine.documents.code import Held

TOKEN = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    "pdf",
    [
        b"",
        b"%PDF-1.4 broken",
        b"%PDF-1.7\n1 0 obj\n<</Type/XRef>>\nendobj\nstartxref\n9\n%%EOF\n",
        b"%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root 1 0 R>>\nstartxref\n9\n%%EOF\n",
    ],
    ids=["nothing", "broken", "with a table that is a stream", "without its objects"],
)
def test_what_was_written_otherwise_than_by_libreoffice_is_left_as_it_came(pdf: bytes) -> None:
    assert stamping.stamped(pdf, lambda page, pages: f"{page}/{pages}") == pdf


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (code.of_page(code.address("https://daoru.example", TOKEN), 2, 3, 12), Held(TOKEN, 2, 3)),
        (code.of_page(code.address("", TOKEN), 1, 1, 1), Held(TOKEN, 1, 1)),
        (f"https://daoru.example/v/{TOKEN}", Held(TOKEN)),
        (f"https://daoru.example/v/{TOKEN}#0007-2", Held(TOKEN)),
        ("https://pay.example/qr/12345", None),
    ],
)
def test_a_code_holds_the_token_and_where_each_page_has_its_own_the_version_and_page(
    text: str, held: Held | None
) -> None:
    assert code.held(text) == held
