"""How the names of files are written, which may hold anything: in tables, and for people to read."""


def text_of(name: str) -> str:
    """A clip's name as it is written: what UTF-8 cannot hold is spelled out, so that no two become one."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def printable(text: str) -> str:
    r"""Text for one line of a terminal or a page: what would steer either is spelled out, as `\x1b` for an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
