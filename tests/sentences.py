"""The sentences that the code raises and tells, as templates with `{}` in place of values."""

import ast
from pathlib import Path

import regex

ROOT = Path(__file__).parents[1]
# What a page can lead to; the commands speak English.
PLACES = (
    "corpus", "index/edits.py", "index/withdrawals.py", "index/outlets.py", "index/library.py",
    "index/store/answers.py", "index/store/conversations.py", "index/store/catalogue.py",
    "index/store/feeds.py", "index/store/faults.py", "index/store/lock.py", "rag/citing",
    "ui/library", "ui/web", "ui/folders", "ui/conversations", "ui/app/feeds.py", "ui/chat",
    "ui/reopening.py", "ui/service.py", "ui/server/http", "ui/server/api",
    "ui/server/access/guard.py", "ui/server/access/identity.py",
)  # fmt: skip
# Calls, of any name that ends so, whose texts are for people.
SAYS = ("Error", "Notice", "Loaded", "Fetching", "refuse", "Entry", "Unread", "Edited", "_refused")


def template(node):
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        return "".join(parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        both = template(node.left), template(node.right)
        return None if both == (None, None) else "".join(one or "{}" for one in both)
    return None


def _files():
    roots = [ROOT / place for place in PLACES]
    return [f for root in roots for f in (sorted(root.rglob("*.py")) if root.is_dir() else [root])]


def sentences():
    """Yield each sentence with the file that it stands in."""
    for file in _files():
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith(SAYS):
                continue
            for given in [*call.args, *(word.value for word in call.keywords)]:
                said = template(given)
                if not said or " " not in said.strip("{} .:"):
                    continue
                # A command may stand at the end of a sentence's remedy.
                if said.rstrip()[-1] in ".?}" or ". " in said:
                    yield said, file.relative_to(ROOT).as_posix()


# Calls whose texts are for programs, and parts of patterns and of pages.
_PROGRAMS = ("Field", "Path", "Query", "Body", "described", "compile", "execute", "log_notice")
_OTHERS = regex.compile(r"\\[pdsw]|\(\?|<[a-z]|\n|SELECT|ORDER BY|UPDATE")


def built():
    """Yield each sentence that a function puts together, or a part of one, with its file.

    It ends as a sentence or with a value, and stands in no call that says it: a name holds it, or
    a function returns it to whoever does.
    """
    for file in _files():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(tree):
            inside = isinstance(above.get(node), (ast.JoinedStr, ast.BinOp, ast.Expr))
            said = None if inside else template(node)
            if not said or _OTHERS.search(said) or len(regex.findall("[A-Za-z]{2,}", said)) < 3:
                continue
            if not (said.rstrip()[-1] in ".?}" or ". " in said) or " " not in said:
                continue
            # What each status of an answer means, for programs.
            listed = above.get(node)
            keys = listed.keys if isinstance(listed, ast.Dict) else []
            if any(isinstance(key, ast.Constant) and isinstance(key.value, int) for key in keys):
                continue
            calls = tuple(_calls(node, above))
            if not any(call.endswith((*SAYS, *_PROGRAMS)) for call in calls):
                yield said, file.relative_to(ROOT).as_posix()


def _calls(node, above):
    while (node := above.get(node)) and not isinstance(node, ast.stmt):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
