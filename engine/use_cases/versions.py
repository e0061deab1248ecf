"""Which version of a diagram an estate runs on: its pages speak in its words, be there a newer one or not."""

from collections import OrderedDict

from engine.process.definitions import Definition, load
from engine.store import estates
from engine.store.unit_of_work import UnitOfWork
from engine.use_cases.library import ONBOARDING, Library

#: Older versions by their hash, which names the same diagrams in every store; they are not read again for each page.
_known: OrderedDict[tuple[str, str], Definition] = OrderedDict()
_KEPT = 32


def of(work: UnitOfWork, library: Library, estate_id: int, process_id: str = ONBOARDING) -> Definition:
    """The version on which the estate's latest instance of a process runs; the newest where it has none.

    Raises NotFound for a version that the store lacks.
    """
    newest, version = library.definition(process_id), estates.definition_version(work, estate_id, process_id)
    if version in ("", newest.version):
        return newest
    key = (version, process_id)
    if key not in _known:
        _known[key] = load(work.definition_files(version), process_id)
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return _known[key]
