"""Whose paper a Word file is: number and version, in the identifier of its core properties and in a custom one.

Word, WPS and LibreOffice keep both when somebody works on the file and saves it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree
from markupsafe import escape

from engine.documents import package
from engine.documents.borrowing import written
from engine.documents.package import Archive

CORE, CUSTOM = "docProps/core.xml", "docProps/custom.xml"
_DC = "http://purl.org/dc/elements/1.1/"
_CP = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_OP = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VT = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_NAME = "DaoruDocument"
_FORMAT = "D5CDD505-2E9C-101B-9397-08002B2CF9AE"
_TYPES, _ROOT = "[Content_Types].xml", "_rels/.rels"
_FOUND = re.compile(r"daoru:(?P<number>[^\s:]{1,80}):(?P<version>[1-9]\d{0,3})")
_CONTENT = {
    CORE: "application/vnd.openxmlformats-package.core-properties+xml",
    CUSTOM: "application/vnd.openxmlformats-officedocument.custom-properties+xml",
}
_RELATION = {
    CORE: "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
    CUSTOM: "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties",
}


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_CORE_OF = f'{_HEAD}<cp:coreProperties xmlns:cp="{_CP}" xmlns:dc="{_DC}">{{}}</cp:coreProperties>'
_CUSTOM_OF = f'{_HEAD}<Properties xmlns="{_OP}" xmlns:vt="{_VT}">{{}}</Properties>'
_PROPERTY_OF = f'<property fmtid="{{{{{_FORMAT}}}}}" pid="2" name="{_NAME}"><vt:lpwstr>{{}}</vt:lpwstr></property>'


@dataclass(frozen=True)
class Identity:
    """A version of a document."""

    number: str
    version: int

    def __str__(self) -> str:
        return f"daoru:{self.number}:{self.version}"


def of(parts: Mapping[str, bytes]) -> Identity | None:
    """What a file says of itself, or nothing; of the two places the one that is left."""
    for name, tag in ((CUSTOM, "{*}lpwstr"), (CORE, f"{{{_DC}}}identifier")):
        if name in parts:
            for node in package.tree(parts[name], name, name).iter(tag):
                if found := _FOUND.fullmatch(str(node.text or "").strip()):
                    return Identity(found["number"], int(found["version"]))
    return None


def room(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """A template's parts without what its author's program says of it, and with a place for :func:`properties`."""
    made = {name: part for name, part in parts.items() if name not in _CONTENT}
    return {**made, _TYPES: _typed(parts[_TYPES]), _ROOT: _related(parts[_ROOT])}


def properties(identity: Identity | None) -> dict[str, bytes]:
    """The two parts of a file that say whose paper it is, or that say nothing."""
    if identity is None:
        return {CORE: _CORE_OF.format("").encode(), CUSTOM: _CUSTOM_OF.format("").encode()}
    said = escape(str(identity))
    core, custom = f"<dc:identifier>{said}</dc:identifier>", _PROPERTY_OF.format(said)
    return {CORE: _CORE_OF.format(core).encode(), CUSTOM: _CUSTOM_OF.format(custom).encode()}


def marked(parts: Mapping[str, bytes], identity: Identity) -> dict[str, bytes]:
    """The parts with that identity in place of what they said before; everything else stays as it was."""
    made = {**parts, CORE: _core(parts.get(CORE), identity), CUSTOM: _custom(parts.get(CUSTOM), identity)}
    made[_TYPES], made[_ROOT] = _typed(made[_TYPES]), _related(made[_ROOT])
    return made


def mark(parts: Mapping[str, bytes], identity: Identity) -> bytes:
    """A file of these parts, under that identity."""
    archive = Archive()
    for name, part in marked(parts, identity).items():
        archive.add(name, [part])
    return archive.close()


def _core(part: bytes | None, identity: Identity) -> bytes:
    if part is None:
        return properties(identity)[CORE]
    root = package.tree(part, CORE, CORE)
    found = root.find(f"{{{_DC}}}identifier")
    if found is None:
        found = etree.SubElement(root, f"{{{_DC}}}identifier")
    found.text = str(identity)
    return written(root)


def _custom(part: bytes | None, identity: Identity) -> bytes:
    if part is None:
        return properties(identity)[CUSTOM]
    root = package.tree(part, CUSTOM, CUSTOM)
    for one in [*root]:
        if one.get("name") == _NAME:
            root.remove(one)
    taken = [int(str(one.get("pid"))) for one in root if str(one.get("pid", "")).isdecimal()]
    values = {"fmtid": f"{{{_FORMAT}}}", "pid": str(max([1, *taken]) + 1), "name": _NAME}
    made = etree.SubElement(root, f"{{{_OP}}}property", values)
    etree.SubElement(made, f"{{{_VT}}}lpwstr").text = str(identity)
    return written(root)


def _typed(part: bytes) -> bytes:
    root = package.tree(part, _TYPES, _TYPES)
    space = etree.QName(root).namespace
    known = {str(one.get("PartName")) for one in root}
    for name, kind in _CONTENT.items():
        if f"/{name}" not in known:
            etree.SubElement(root, f"{{{space}}}Override", {"PartName": f"/{name}", "ContentType": kind})
    return written(root)


def _related(part: bytes) -> bytes:
    root = package.tree(part, _ROOT, _ROOT)
    space = etree.QName(root).namespace
    known = {str(one.get("Type")) for one in root}
    for name, kind in _RELATION.items():
        if kind not in known:
            values = {"Id": f"rIdDaoru{len(root) + 1}", "Type": kind, "Target": name}
            etree.SubElement(root, f"{{{space}}}Relationship", values)
    return written(root)
