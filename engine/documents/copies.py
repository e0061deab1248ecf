"""A Word file that holds many copies, each on a new page, as the renderer makes it: counted, and cut into parts."""

import re

from engine.documents import package
from engine.documents.package import DOCUMENT, Archive
from engine.documents.render import NEW_PAGE, split

_RELATIONS = "word/_rels/document.xml.rels"
_RELATION = re.compile(rb'<Relationship\b[^>]*?\bId="([^"]+)"[^>]*?\bTarget="([^"]+)"[^>]*/>')
_SHOWN = re.compile(rb'\br:(?:embed|id)="([^"]+)"')
#: A picture that one copy alone shows.
_OWN = re.compile(rb"media/code\d+\.png")


def count(content: bytes) -> int:
    """How many copies a file holds; 1 for one that was made otherwise, or saved by another program since."""
    return package.parts(content)[DOCUMENT].count(NEW_PAGE) + 1


class Copies:
    """The copies of a file, unpacked once."""

    def __init__(self, content: bytes) -> None:
        self._parts = package.parts(content)
        head, body, tail = split(self._parts[DOCUMENT].decode())
        self._head, self._bodies, self._tail = head.encode(), body.encode().split(NEW_PAGE), tail.encode()

    def cut(self, first: int, last: int) -> bytes:
        """A file with the copies from ``first``, which is 1, to ``last`` only, and with what they show."""
        body = NEW_PAGE.join(self._bodies[first - 1 : last])
        shown = set(_SHOWN.findall(body))
        left = {
            found[2]: found[0]
            for found in _RELATION.finditer(self._parts.get(_RELATIONS, b""))
            if _OWN.fullmatch(found[2]) and found[1] not in shown
        }
        archive = Archive()
        for name, part in self._parts.items():
            if name == DOCUMENT:
                archive.add(name, [self._head, body, self._tail])
            elif name == _RELATIONS:
                archive.add(name, [_RELATION.sub(lambda found: b"" if found[2] in left else found[0], part)])
            elif name.removeprefix("word/").encode() not in left:
                archive.add(name, [part], level=1)
        return archive.close()
