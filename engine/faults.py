"""How an unexpected error is told in a log: what it is and where it happened, never its values.

A message or a statement's parameters may hold personal data of owners (law PI-19).
"""

import traceback


def told(error: BaseException) -> str:
    """Kind and place of an error, and of those that led to it."""
    lines: list[str] = []
    known: BaseException | None = error
    while known is not None:
        frames = traceback.extract_tb(known.__traceback__)
        lines.append(type(known).__name__)
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        known = known.__cause__ or known.__context__
    return "\n".join(lines)


def place(error: BaseException) -> str:
    """Kind of an error, and the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"（{frames[-1].filename.rpartition('/')[2]} 第 {frames[-1].lineno} 行）" if frames else ""
    return f"{type(error).__name__}{where}"
