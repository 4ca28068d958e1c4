"""Contents of uploaded files: encrypted, in a folder of their own outside the web root, named by id only."""

import base64
import os
import re
from pathlib import Path

from hotline.errors import NotFound
from store.encryption import is_current, seal, unseal

PLACE = "proofs.content"


class EncryptedFiles:
    """Fulfils `hotline.proofs.Files`. A file opens only under the name it was sealed for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, content: bytes) -> None:
        """Keep the content; when this returns it is on the disk, whole."""
        self._write(name, seal(PLACE, name, base64.b64encode(content).decode()))

    def get(self, name: str) -> bytes:
        """The content.

        Raises:
            NotFound: no such file.
        """
        try:
            return base64.b64decode(unseal(PLACE, name, self._path(name).read_bytes()))
        except FileNotFoundError:
            raise NotFound from None

    def remove(self, name: str) -> None:
        """Delete the content; nothing if it is gone."""
        self._path(name).unlink(missing_ok=True)

    def rotate(self) -> int:
        """Seal with the current key what former keys sealed; how many files."""
        old = [path for path in self.folder.glob("?" * 32) if not is_current(path.read_bytes())]
        for path in old:
            self.put(path.name, self.get(path.name))
        return len(old)

    def _write(self, name: str, sealed: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(name)
        unfinished = path.with_suffix(".part")
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)

    def _path(self, name: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{32}", name):
            raise NotFound
        return self.folder / name
