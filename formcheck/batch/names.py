"""How names of files, which may hold anything, are written in tables."""


def text_of(name: str) -> str:
    """A clip's name as text. Letters that UTF-8 cannot hold are spelled out, so that no two names become one."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
