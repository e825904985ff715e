"""How is a record born? Once, whole or not at all, from its signed definition."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from limpide.canonical import LimpideError, Refused
from limpide.log.checkpoint import SignedCheckpoint
from limpide.log.sequencer import Sequencer
from limpide.roles.folder import Folder, sync_folder
from limpide.roles.server.configuration import write_configuration
from limpide.roles.server.judge import RecordJudge
from limpide.roles.server.log_key import read_log_key


def create(root: Path, definition: bytes, documents: Mapping[str, bytes], log_key: Path) -> SignedCheckpoint:
    """Makes the record folder ``root`` with its definition as first entry, and returns the first checkpoint.

    ``documents`` are those that the definition names, by digest; ``log_key`` is the file of the key it names.
    Raises ``Refused`` when the folder exists, when the key is another, and whatever refuses the definition;
    then nothing is left behind. Spec 8.1, 8.11, 8.15.
    """
    if root.exists():
        raise Refused("8.11", f"{root} exists: a record is created once", subject=str(root))
    signer = read_log_key(log_key)
    making = Folder(root.with_name(f".{root.name}.new"))
    shutil.rmtree(making.root, ignore_errors=True)
    making.create()
    try:
        for data in documents.values():
            making.store_document(data)
        write_configuration(making, log_key.resolve())
        judge = RecordJudge(making.document)
        state = making.sequencer
        Sequencer.create(making.public, state, signer)
        sequencer = Sequencer.open(making.public, state, signer, judge)
        try:
            (answer,) = sequencer.submit([definition])
            if isinstance(answer, LimpideError):
                raise answer
            if judge.record.register.server != signer.key:
                raise Refused("8.15", f"the definition names another log than {signer.name}", subject=str(log_key))
            checkpoint = sequencer.integrate()
        finally:
            sequencer.close()
        making.root.rename(root)
        sync_folder(root.parent)
    except BaseException:
        shutil.rmtree(making.root, ignore_errors=True)
        raise
    return checkpoint
