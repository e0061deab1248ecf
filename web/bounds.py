"""How much one request may bring, and what becomes of one that brings more: its files go, what was typed stays."""

from io import BytesIO
from typing import IO

from flask import Request, abort, request

from engine.use_cases import photos

_MB = 1024 * 1024
#: A form may carry nine photos of each kind of evidence; a phone's has up to 10 MB.
FILES = 128 * _MB
#: So much is read to the end for the sake of what was typed; beyond it nobody answers but the server itself.
BODY = 160 * _MB
TEXT = 4 * _MB
#: What anybody may send without signing in, to ask whether a paper is genuine.
PUBLIC = 32 * _MB
PARTS = 20_000
EACH = photos.LARGEST


class Nowhere(BytesIO):
    """A file of which only the ``size`` in bytes is kept."""

    size = 0

    def write(self, part: object) -> int:
        """Count what came."""
        self.size += len(part)  # type: ignore[arg-type]
        return len(part)  # type: ignore[arg-type]


class Bounded(Request):
    """A request; one with more than :data:`FILES` bytes brings its text and the names and sizes of its files alone."""

    @property
    def too_large(self) -> bool:
        """Whether the content of the files was let go."""
        return (self.content_length or 0) > FILES

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.too_large:
            return Nowhere()
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)


def too_large() -> bool:
    """Whether this request lost its files to their size."""
    return isinstance(request, Bounded) and request.too_large


def check() -> None:
    """Refuse what is too large, but for the form of a task, which keeps what was typed and says so beside its field.

    A form without files is bounded as a whole, for what reads it holds its text to no bound of its own.
    """
    if request.blueprint in {"verifying", "own_entry"}:
        request.max_content_length = PUBLIC
    elif request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = TEXT
    if too_large() and request.endpoint != "tasks.post":
        abort(413)


def told() -> tuple[str, str]:
    """Of files that were too large together: the field of the largest, and what to do."""
    sent = [(field, file) for field, file in request.files.items(multi=True) if file.filename]
    sizes = [(getattr(file.stream, "size", 0), file.filename or "", field) for field, file in sent]
    largest = sorted(sizes, reverse=True)
    named = "、".join(f"“{name[-60:]}” {_size(size)}" for size, name, _ in largest[:3])
    words = (
        f"这次选的 {len(sizes)} 个文件一共 {_size(sum(size for size, *_ in sizes))}，超过一次的上限 {_size(FILES)}，"
        f"文件都没有保存，填的内容已存为草稿。请分几次选，每选一次按一次“保存草稿”；"
        f"每个文件不超过 {_size(EACH)}（最大的是{named}）。"
    )
    return (largest[0][2] if largest else ""), words


def _size(size: int) -> str:
    """Megabytes, rounded up, so that what is too large never reads as if it were not."""
    return f"{-(-size // _MB)} MB"
