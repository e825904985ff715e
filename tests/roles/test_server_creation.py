"""Is a record born once, and does a server refuse what it should not run on?"""

import threading
from pathlib import Path

import pytest

from election import LOG, QUORUM, make_definition, sign, signer
from limpide.canonical import LimpideError, NotCanonical, Refused
from limpide.roles.folder import Folder
from limpide.roles.server.configuration import read_configuration
from limpide.roles.server.creation import create
from limpide.roles.server.log_key import create_log_key, read_log_key, write_log_key
from limpide.roles.server.supervisor import serve


def _founded(root: Path) -> Folder:
    definition, documents = make_definition()
    write_log_key(root / "log.key", signer(LOG))
    create(root / "record", sign(definition, ("organiser", *QUORUM)).note.encode(), documents, root / "log.key")
    return Folder(root / "record")


def _refusal(error: pytest.ExceptionInfo[LimpideError]) -> str:
    return error.value.clause


def test_a_record_is_created_once(tmp_path: Path) -> None:
    folder = _founded(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in folder.root.rglob("*")}
    definition, documents = make_definition()
    entry = sign(definition, ("organiser", *QUORUM)).note.encode()
    with pytest.raises(Refused) as error:
        create(folder.root, entry, documents, tmp_path / "log.key")
    assert _refusal(error) == "8.11"
    assert {path: path.stat().st_mtime_ns for path in folder.root.rglob("*")} == before


def test_a_definition_that_is_refused_leaves_nothing(tmp_path: Path) -> None:
    definition, documents = make_definition()
    good = sign(definition, ("organiser", *QUORUM)).note.encode()
    key = tmp_path / "log.key"
    write_log_key(key, signer(LOG))
    for entry, given, clause, kind in (
        (good[:-10], documents, "1.4", NotCanonical),
        (sign(definition, QUORUM).note.encode(), documents, "4.1", Refused),
        (sign(definition, ("organiser", *QUORUM[:2])).note.encode(), documents, "2.4", Refused),
        (sign(definition, ("organiser", *QUORUM), generation=1).note.encode(), documents, "2.2", LimpideError),
        (good, {}, "1.6", Refused),
    ):
        with pytest.raises(kind) as error:
            create(tmp_path / "record", entry, given, key)
        assert _refusal(error) == clause
        assert [path.name for path in tmp_path.iterdir()] == ["log.key"]


def test_the_definition_names_the_log(tmp_path: Path) -> None:
    definition, documents = make_definition()
    create_log_key(tmp_path / "other.key", LOG)
    entry = sign(definition, ("organiser", *QUORUM)).note.encode()
    with pytest.raises(Refused) as error:
        create(tmp_path / "record", entry, documents, tmp_path / "other.key")
    assert _refusal(error) == "8.15"
    assert not (tmp_path / "record").exists()


def test_a_key_is_its_owners_alone_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    public = create_log_key(path, LOG)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_log_key(path).key == public
    kept = path.read_bytes()
    with pytest.raises(Refused) as error:
        create_log_key(path, LOG)
    assert _refusal(error) == "8.11"
    assert path.read_bytes() == kept
    path.chmod(0o640)
    with pytest.raises(Refused) as error:
        read_log_key(path)
    assert _refusal(error) == "8.12"


def test_a_wrong_key_file_is_said_and_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    write_log_key(path, signer(LOG))
    good = path.read_bytes()
    secret = good.rpartition(b"+")[2].strip().decode()
    for number, wrong in enumerate(
        (b"", good[:-9], good.replace(b"PRIVATE", b"PUBLIC"), b"\xff" + good, good * 40)
    ):
        other = tmp_path / f"{number}.key"
        other.write_bytes(wrong)
        other.chmod(0o600)
        with pytest.raises(LimpideError) as error:
            read_log_key(other)
        assert secret[:8] not in str(error.value)
        assert not any(secret[:8] in str(fact) for fact in error.value.facts.values())
    with pytest.raises(Refused):
        read_log_key(tmp_path / "none.key")
    assert secret[:8] not in repr(signer(LOG))


@pytest.mark.parametrize(
    "settings",
    ["colour = 1\n", "port = 70000\n", "port = '80'\n", "publication_seconds = 0\n", "log_key = 'again'\n", "["],
)
def test_settings_are_strict(tmp_path: Path, settings: str) -> None:
    folder = _founded(tmp_path)
    read_configuration(folder)
    with folder.configuration.open("a") as file:
        file.write(settings)
    with pytest.raises(Refused) as error:
        serve(folder.root, stop=threading.Event())
    assert _refusal(error) == "8.14"


def test_what_is_no_record_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(Refused) as error:
        serve(tmp_path, stop=threading.Event())
    assert _refusal(error) == "8.13"
    folder = _founded(tmp_path)
    (tmp_path / "log.key").unlink()
    with pytest.raises(Refused) as error:
        serve(folder.root, stop=threading.Event())
    assert _refusal(error) == "8.12"
