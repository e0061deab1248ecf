"""What a template says and asks for, so that a change to a Word file can be reviewed as text."""

from engine.documents import inspect, package
from engine.documents.dialect import Use


def show(content: bytes, *, file: str) -> list[Use]:
    """Every use of a fact in a template, in order, with the text of its paragraph.

    Raises InvalidDefinition for a file that could not be published, unknown names apart.
    """
    return [use for source in inspect.read(package.read(content, file), file) for use in source.uses()]
