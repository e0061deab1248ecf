"""Seal what may lie in the database only unreadable: AES-256-GCM under a key that lies outside it.

Each purpose has a key of its own (HKDF, RFC 5869), so that what is sealed for one opens for no other.
"""

import secrets

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.errors import DamagedState

_NONCE = 12


def seal(key: bytes, purpose: str, content: bytes) -> bytes:
    """``content``, packed and encrypted for ``purpose``."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(key, purpose).encrypt(nonce, zstandard.compress(content), purpose.encode())


def unseal(key: bytes, purpose: str, sealed: bytes) -> bytes:
    """What was sealed.  Raises DamagedState for another key, another purpose or changed bytes."""
    try:
        packed = _cipher(key, purpose).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise DamagedState("加密保存的内容打不开：密钥换过，或数据已损坏。请管理员换回原来的 person.key。") from error
    return zstandard.decompress(packed)


def _cipher(key: bytes, purpose: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=f"daoru {purpose}".encode()).derive(key))
