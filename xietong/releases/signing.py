"""The office's signature on a manifest (Ed25519): who published this, checked with the public key alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from xietong.errors import UsageError, XietongError
from xietong.releases.durability import replace_file
from xietong.releases.leftovers import part_path
from xietong.releases.manifest import MANIFEST, SIGNATURE, Release

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PRIVATE_KEY: Final = "xietong-signing.key"
PUBLIC_KEY: Final = "xietong-signing.pub"


def write_key_pair(directory: Path) -> tuple[Path, Path]:
    """Write a new private key, readable by its owner only, and its public key; return both paths.

    Raises:
        UsageError: a key is there already; it is never overwritten.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private, public = directory / PRIVATE_KEY, directory / PUBLIC_KEY
    for path in (private, public):
        if path.exists():
            raise UsageError(f"{path} is there already; name another folder")
    directory.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    encoding = serialization.Encoding.PEM
    content = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.touch(mode=0o600)
    private.write_bytes(content)
    public.write_bytes(key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo))
    return private, public


def sign(release: Release, private_key: Path) -> Path:
    """Write the signature of the release's manifest beside it and return where it is.

    Raises:
        UsageError: the file is no Ed25519 private key.
    """
    key = read_private_key(private_key)
    signature = release.directory / SIGNATURE
    content = key.sign((release.directory / MANIFEST).read_bytes()).hex() + "\n"
    return replace_file(signature, content.encode("ascii"), part_path(signature))


def read_private_key(path: Path) -> "Ed25519PrivateKey":
    """Return the private key in a file.

    Raises:
        UsageError: the file is no Ed25519 private key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"{path} is no private key that can be read") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{path} is no Ed25519 key; make one with: xietong key --out DIR")
    return key


def is_signed(release: Release) -> bool:
    """Tell whether a signature lies beside the manifest; whether it is valid, ``check_signature`` tells."""
    return (release.directory / SIGNATURE).is_file()


def check_signature(release: Release, public_key: Path) -> None:
    """Refuse a release whose manifest the holder of the key did not sign.

    Raises:
        UsageError: the file is no Ed25519 public key.
        XietongError: there is no signature, or it is not of this manifest by this key.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(public_key.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{public_key} is no public key that can be read") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{public_key} is no Ed25519 key")
    if not is_signed(release):
        raise XietongError(f"the release {release.name} is not signed")
    try:
        signature = bytes.fromhex((release.directory / SIGNATURE).read_text(encoding="ascii").strip())
        key.verify(signature, (release.directory / MANIFEST).read_bytes())
    except (InvalidSignature, ValueError) as error:
        raise XietongError(f"the signature of {release.name} is not valid for this key") from error
