"""Events beside the journey: comments, and what was taken out."""

from dataclasses import dataclass

from engine.events.event import Event


@dataclass(frozen=True)
class PhotoOriginalFetched(Event):
    """Somebody fetched the original of a photo, with all that it tells about its place."""

    photo: int
    reason: str


@dataclass(frozen=True)
class CommentMade(Event):
    """Somebody left a comment on the estate, or on the task ``title`` of it; ``mentioned`` are to be told."""

    comment: int
    title: str
    mentioned: tuple[str, ...]


@dataclass(frozen=True)
class CommentWithdrawn(Event):
    """Whoever left a comment took it back: its text is shown no more."""

    comment: int


@dataclass(frozen=True)
class ArchiveTaken(Event):
    """Everything that is kept of the estate was taken out as an archive, or what of it may be published."""

    profile: str
    files: int
    sha256: str
    purpose: str


@dataclass(frozen=True)
class LogExported(Event):
    """So many events of the log were taken out as a sheet."""

    entries: int
