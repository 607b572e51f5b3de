"""`dalil user`: who may log in to the server of a library."""

from __future__ import annotations

import getpass
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import DalilError, InputError
from ui.cli.console import console, print_json, read_text, say
from ui.cli.options import AsJson, Home
from ui.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rag.answer import Json
    from ui.server.access.accounts import Account, Accounts

app = typer.Typer(help="Say who may log in to the server.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Name of the user.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(help="File whose first line is the password; else it is asked for, twice."),
]


@app.command()
def add(
    context: typer.Context,
    name: Name,
    admin: Annotated[
        bool, typer.Option("--admin", help="May add and remove articles over HTTP.")
    ] = False,
    password_file: PasswordFile = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Add a reader, or an administrator; once there are users, the server wants a log-in."""
    with _accounts(context, home, create=True) as accounts:
        chosen = _name(name)
        account = accounts.add(chosen, "admin" if admin else "reader", _new_hash(password_file))
    _tell(account_json(account), f"Added {account.name} ({account.role}).", as_json=as_json)


@app.command("list")
def list_users(context: typer.Context, home: Home = None, as_json: AsJson = False) -> None:
    """List the users."""
    with _accounts(context, home) as accounts:
        users = accounts.users()
    if as_json:
        print_json({"users": [account_json(user) for user in users]})
        return
    for user in users:
        console().print(f"{user.name}  {user.role}  {user.created_at}", markup=False)
    if not users:
        console().print("There are no users. Add one with: dalil user add NAME", markup=False)


@app.command()
def remove(context: typer.Context, name: Name, home: Home = None, as_json: AsJson = False) -> None:
    """Remove a user with their sessions and conversations; nobody reads their other answers."""
    with _accounts(context, home) as accounts:
        chosen = _name(name)
        accounts.remove(chosen)
    _tell({"removed": chosen}, f"Removed {chosen}.", as_json=as_json)


@app.command()
def password(
    context: typer.Context,
    name: Name,
    password_file: PasswordFile = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Give a user another password; it ends their sessions."""
    with _accounts(context, home) as accounts:
        chosen = _name(name)
        accounts.check(chosen)
        accounts.set_password(chosen, _new_hash(password_file))
    _tell({"changed": chosen}, f"Changed the password of {chosen}.", as_json=as_json)


@app.command()
def key(
    context: typer.Context,
    name: Name,
    revoke: Annotated[bool, typer.Option("--revoke", help="End the key, and make none.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Make a key with which a user's programs may ask, shown this once; the one before it ends."""
    with _accounts(context, home) as accounts:
        chosen = _name(name)
        if revoke:
            accounts.revoke_key(chosen)
            _tell({"revoked": chosen}, f"Revoked the key of {chosen}.", as_json=as_json)
            return
        made = accounts.make_key(chosen)
    say("The key is shown this once. Programs send it as: Authorization: Bearer KEY")
    _tell({"name": chosen, "key": made}, made, as_json=as_json)


def account_json(account: Account) -> Json:
    """Return the shape of a user: nothing of the password."""
    return {"name": account.name, "role": account.role, "created_at": account.created_at}


@contextmanager
def _accounts(
    context: typer.Context, home: Path | None, *, create: bool = False
) -> Iterator[Accounts]:
    from ui.server.access.accounts import open_accounts

    accounts = open_accounts(Settings.read(home or context.obj[0], None).home, create=create)
    try:
        yield accounts
    finally:
        accounts.close()


def _name(text: str) -> str:
    from ui.server.access.accounts import user_name

    return user_name(read_text(text))


def _new_hash(file: Path | None) -> str:
    from ui.server.access.passwords import hash_password

    return hash_password(_typed() if file is None else _first_line(file))


def _first_line(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DalilError(
            f"The password file {file} cannot be read as UTF-8. Check its name and permissions."
        ) from error
    return text.split("\n", 1)[0].removesuffix("\r")


def _typed() -> str:
    """Return a password that is typed twice, unseen, at the terminal."""
    if not sys.stdin.isatty():
        raise DalilError("There is no terminal to type at; give --password-file FILE.")
    first = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != first:
        raise InputError("The two passwords differ; nothing was changed. Try again.")
    return first


def _tell(value: Json, sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        console().print(sentence, markup=False, soft_wrap=True)
