"""A certificate authority of a test's own, and servers whose certificates it signs."""

from __future__ import annotations

import ssl
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from server.clock import now

if TYPE_CHECKING:
    from pathlib import Path

DAY = timedelta(days=1)


class Authority:
    """Whoever trusts ``file`` trusts the servers that it certifies."""

    def __init__(self, folder: Path) -> None:
        """Make its key, and its certificate in ``file``."""
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "An authority in tests")])
        self._id = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        certificate = (
            self._for(self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(self._id, critical=False)
            .sign(self._key, SHA256())
        )
        self.file = folder / "authority.pem"
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))

    def server(self, address: str) -> ssl.SSLContext:
        """Return what a server needs that proves to be at this IP address."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            self._for(x509.Name([]), key.public_key())
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(self._id), critical=False)
            .sign(self._key, SHA256())
        )
        file = self._folder / "server.pem"
        file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _for(self, name: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return x509.CertificateBuilder(self._name, name, key, x509.random_serial_number(), now() - DAY, now() + DAY)
