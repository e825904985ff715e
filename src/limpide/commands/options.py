"""Which arguments do several commands share? Help texts are keys of the catalogue."""

from pathlib import Path
from typing import Annotated

import typer

Target = Annotated[str, typer.Argument(metavar="RECORD", help="help.target", show_default=False)]
Server = Annotated[str, typer.Argument(metavar="URL", help="help.url", show_default=False)]
File = Annotated[Path, typer.Argument(metavar="FILE", help="help.file", show_default=False)]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="help.out", show_default=False)]
Round = Annotated[int, typer.Option("--round", help="help.round", min=1, max=9)]
Contest = Annotated[str | None, typer.Option("--contest", help="help.contest", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="help.reason", show_default=False)]
Figures = Annotated[Path, typer.Option("--figures", help="help.figures", show_default=False)]
CodeFile = Annotated[Path | None, typer.Option("--code-file", help="help.code-file", show_default=False)]
Record = Annotated[str | None, typer.Option("--record", help="help.record", show_default=False)]
Units = Annotated[list[str], typer.Argument(metavar="UNIT…", help="help.units", show_default=False)]
Unit = Annotated[str, typer.Argument(metavar="UNIT", help="help.unit", show_default=False)]
Seat = Annotated[int, typer.Option("--seat", help="help.seat", min=1, max=99, show_default=False)]
