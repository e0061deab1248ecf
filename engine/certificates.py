"""The certificate with which the pages are served over TLS: read, and held against its key, before anybody connects."""

import ssl
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cryptography import x509

from engine.errors import EngineError


@dataclass(frozen=True)
class Certificate:
    """A certificate in ``path`` with its ``key``, both PEM: the ``names`` it is for, and its last day."""

    path: Path
    key: Path
    names: tuple[str, ...]
    until: date


def read(path: Path, key: Path, now: datetime) -> Certificate:
    """The certificate, usable at ``now``.  Raises EngineError with what is wrong with it and what to do."""
    for file, option in ((path, "--tls-cert"), (key, "--tls-key")):
        if not file.is_file():
            raise EngineError(f"{option} 写的 {file} 不存在；请核对路径，做法见 docs/phones.md。")
    found = _first(path)
    try:
        # a key with a passphrase would ask for it at the terminal of a child that has none
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(path, key, password="")
    except (ssl.SSLError, OSError) as error:
        raise EngineError(f"私钥 {key} 打不开，或者和证书 {path} 不是一对；请用不带口令的 PEM 私钥。") from error
    if now >= found.not_valid_after_utc:
        raise EngineError(
            f"证书 {path} 已于 {found.not_valid_after_utc:%Y-%m-%d} 到期；请换一张，做法见 docs/phones.md。"
        )
    if now < found.not_valid_before_utc:
        raise EngineError(f"证书 {path} 从 {found.not_valid_before_utc:%Y-%m-%d} 才生效；请核对这台机器的日期。")
    names = _names(found)
    if not names:
        raise EngineError(
            f"证书 {path} 没有写明它是给哪个地址用的（subjectAltName），浏览器不认；请重做，做法见 docs/phones.md。"
        )
    return Certificate(path.resolve(), key.resolve(), names, found.not_valid_after_utc.date())


def _first(path: Path) -> x509.Certificate:
    """The first certificate of a chain: the server's own."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())[0]
    except (ValueError, IndexError, OSError) as error:
        raise EngineError(f"--tls-cert 写的 {path} 不是 PEM 证书；文件里应有“BEGIN CERTIFICATE”一行。") from error


def _names(found: x509.Certificate) -> tuple[str, ...]:
    try:
        stated = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = [str(one) for one in stated.get_values_for_type(x509.IPAddress)]
    return (*stated.get_values_for_type(x509.DNSName), *(f"[{one}]" if ":" in one else one for one in addresses))
