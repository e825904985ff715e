"""``limpide <role> <verb>``: what can be typed, and how does it end?

Exit status: 0 good, 1 fault, 2 wrong usage or unusable input, 3 could not finish. ``--lang`` and ``--json`` may
stand anywhere. Never a traceback: an error is one sentence, with the clause it breaks.
"""

import sys
from collections.abc import Mapping, Sequence

import typer
from typer.core import TyperCommand, TyperGroup

from limpide.canonical import InvalidSignature, LimpideError, NotCanonical
from limpide.commands import (
    auditor,
    ballot_box,
    commission,
    credentials,
    everyone,
    operator,
    organiser,
    registrar,
    server,
    statements,
    station,
    trustee,
    voter,
    watching,
)
from limpide.commands.voice import FAULT, UNFINISHED, USAGE, Voice
from limpide.roles.explaining import explain
from limpide.roles.past_results.election import UnusableFile
from limpide.words import LANGUAGES, Language, catalogue

_AWAY = ("server", "source")


def build() -> TyperGroup:
    """The tree of commands, its help texts still keys."""
    app = typer.Typer(
        name="limpide",
        help="help.limpide",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,  # plain text: the same in a terminal, a pipe and the documentation
    )
    app.command("verify", help="help.verify")(everyone.verify)
    app.command("demo", help="help.demo")(everyone.demo)
    app.command("rehearse", help="help.rehearse")(everyone.rehearse_file)
    app.command("watch", help="help.watch")(watching.watch)
    app.command("mirror", help="help.mirror-command")(watching.mirror)
    app.command("check-statement", help="help.check-statement")(statements.check_statement)
    app.command("serve", help="help.serve")(server.serve_record)
    for name, role in (
        ("organiser", organiser.app),
        ("commission", commission.app),
        ("station", station.app),
        ("operator", operator.app),
        ("registrar", registrar.app),
        ("auditor", auditor.app),
        ("server", server.app),
        ("credentials", credentials.app),
        ("trustee", trustee.app),
        ("voter", voter.app),
        ("ballot-box", ballot_box.app),
    ):
        app.add_typer(role, name=name, help=f"help.{name}")
    command = typer.main.get_command(app)
    assert isinstance(command, TyperGroup)
    return command


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and ends the process with its status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        voice, rest = _voice(given)
    except ValueError as error:
        sys.stderr.write(f"--lang: {error}; {' | '.join(LANGUAGES)}\n")
        sys.exit(USAGE)
    sys.exit(run(voice, rest))


def run(voice: Voice, arguments: list[str]) -> int:
    """The exit status of a command; nothing but the status comes out of it."""
    command = build()
    _translate(command, catalogue(voice.language))
    try:
        status = command.main(arguments, prog_name="limpide", standalone_mode=False, obj=voice)
    except typer.Exit as end:
        return int(end.exit_code)
    except typer.TyperException as error:
        voice.say("usage", reason=getattr(error, "format_message", error.__str__)())
        return USAGE
    except LimpideError as error:
        return _say_error(voice, error)
    except (KeyboardInterrupt, typer.Abort):
        voice.say("interrupted")
        return UNFINISHED
    except OSError as error:
        voice.say("not-finished", reason=f"{error.filename or ''} {error.strerror or error}".strip())
        return UNFINISHED
    return int(status or 0)


def _say_error(voice: Voice, error: LimpideError) -> int:
    reason = explain(error, voice.language)
    if error.clause in _AWAY:
        voice.say("away", reason=error.message)
        return UNFINISHED
    if isinstance(error, UnusableFile):
        voice.say("unusable", reason=error.message)
        return USAGE
    voice.say("refused", clause=error.clause, reason=reason)
    return USAGE if isinstance(error, NotCanonical | InvalidSignature) else FAULT


def _voice(arguments: list[str]) -> tuple[Voice, list[str]]:
    """The voice that ``--lang`` and ``--json`` ask for, and the other arguments."""
    language: Language = LANGUAGES[0]
    rest: list[str] = []
    waiting = iter(arguments)
    json = False
    for argument in waiting:
        if argument == "--json":
            json = True
        elif argument == "--lang" or argument.startswith("--lang="):
            named = next(waiting, "") if argument == "--lang" else argument.partition("=")[2]
            language = _language(named)
        else:
            rest.append(argument)
    return Voice(language, json), rest


def _language(named: str) -> Language:
    for language in LANGUAGES:
        if named == language:
            return language
    raise ValueError(named)


def _translate(command: TyperGroup | TyperCommand, words: Mapping[str, str]) -> None:
    """Replaces every key in a tree of commands by its sentence."""
    command.help = words.get(f"cli.{command.help}", command.help)
    # in a list of commands too the sentence is whole
    command.short_help = command.help.partition("\n")[0] if command.help else None
    for parameter in command.params:
        said = getattr(parameter, "help", None)
        if said is not None:
            parameter.help = words.get(f"cli.{said}", said)  # type: ignore[attr-defined]  # it was asked for just above
    if isinstance(command, TyperGroup):
        for inner in command.commands.values():
            assert isinstance(inner, TyperGroup | TyperCommand)
            _translate(inner, words)


if __name__ == "__main__":
    main()
