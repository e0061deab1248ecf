"""Find diagrams, forms, packs and templates, in a checkout and in an installed wheel."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def root() -> Path:
    """The folder that holds ``workflows/`` and ``templates/``."""
    installed = _HERE / "_resources"
    return installed if installed.is_dir() else _HERE.parent


def read(folder: str, pattern: str) -> dict[str, bytes]:
    """Every file of ``folder`` (below :func:`root`) whose name matches ``pattern``, by file name."""
    return within(root() / folder, pattern)


def within(folder: Path, pattern: str) -> dict[str, bytes]:
    """Every file of a folder anywhere whose name matches ``pattern``, by file name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob(pattern)) if path.is_file()}
