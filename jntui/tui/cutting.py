"""Text made to fit: by cells, never by characters, and where it hurts least."""

from __future__ import annotations

from rich.cells import cell_len

NO_BREAK = "\N{NO-BREAK SPACE}"


def head(text: str, cells: int) -> str:
    """The longest beginning of `text` that fits into `cells` cells."""
    used = 0
    for index, char in enumerate(text):
        used += cell_len(char)
        if used > cells:
            return text[:index]
    return text


def _tail(text: str, cells: int) -> str:
    return head(text[::-1], cells)[::-1]


def cut_end(text: str, cells: int, dots: str) -> str:
    """`text` in at most `cells` cells; what is too long loses its end."""
    if cell_len(text) <= cells:
        return text
    return head(text, cells - cell_len(dots)) + dots if cells > 0 else ""


def cut_start(text: str, cells: int, dots: str) -> str:
    """`text` in at most `cells` cells; what is too long loses its beginning."""
    if cell_len(text) <= cells:
        return text
    return dots + _tail(text, cells - cell_len(dots)) if cells > 0 else ""


def cut_middle(text: str, cells: int, dots: str) -> str:
    """`text` in at most `cells` cells; what is too long loses its middle."""
    if cell_len(text) <= cells:
        return text
    room = cells - cell_len(dots)
    if room < 2:
        return cut_end(text, cells, dots)
    return head(text, room - room // 2) + dots + _tail(text, room // 2)


def split_url(url: str) -> tuple[str, str, str]:
    """(`scheme://`, host with its brackets, the rest with port, path and query)."""
    scheme, mark, after = url.partition("://")
    if not mark:
        return "", url, ""
    if after.startswith("[") and "]" in after:
        host, _, rest = after.partition("]")
        return scheme + mark, host + "]", rest
    end = min((after.find(char) for char in ":/?#" if char in after), default=len(after))
    return scheme + mark, after[:end], after[end:]


def cut_url(url: str, cells: int, dots: str) -> str:
    """A URL in at most `cells` cells: its host loses its middle; scheme, port and path stay where they can.

    A query goes before any of them.
    """
    if cell_len(url) <= cells:
        return url
    before, mark, _query = url.partition("?")
    if mark:
        return cut_end(url, cells, dots) if cell_len(before) < cells else cut_url(before, cells, dots)
    scheme, host, rest = split_url(url)
    room = cells - cell_len(scheme) - cell_len(rest)
    if not host or room < 12:
        return cut_end(url, cells, dots)
    return scheme + cut_middle(host, room, dots) + rest


def cut_path(path: str, cells: int, dots: str) -> str:
    """A path in at most `cells` cells: it keeps `~` or `/` and its last parts."""
    if cell_len(path) <= cells:
        return path
    parts = [part for part in path.split("/") if part]
    root = "~/" if path.startswith("~") else "/"
    for start in range(1, len(parts)):
        short = f"{root}{dots}/{'/'.join(parts[start:])}"
        if cell_len(short) <= cells:
            return short
    last = parts[-1] if parts else path
    return cut_end(f"{root}{dots}/{last}" if len(parts) > 1 else path, cells, dots)


_UNITS = frozenset({"s", "ms", "min", "h", "KiB", "MiB", "GiB", "TiB", "%"})


def _words(text: str, cells: int) -> list[str]:
    """What no line ends within: words, and a number with its unit where both fit into a line."""
    words: list[str] = []
    for word in text.split(" "):
        joined = f"{words[-1]} {word}" if words else word
        if words and words[-1][-1:].isdigit() and word.rstrip(".,;:)") in _UNITS and cell_len(joined) <= cells:
            words[-1] = joined
        else:
            words.append(word)
    return words


def wrapped(text: str, cells: int) -> list[str]:
    """`text` in lines of at most `cells` cells, broken at spaces only, and inside a word only if it is longer.

    Such a word is a path or a URL mostly: it is broken after a slash, where that leaves no line all but empty.
    """
    cells = max(1, cells)
    lines: list[str] = []
    current = ""
    for word in _words(text, cells):
        candidate = f"{current} {word}" if current else word
        if cell_len(candidate) <= cells:
            current = candidate
            continue
        if current:
            lines.append(current)
        current = word
        while cell_len(current) > cells:
            piece = head(current, cells) or current[0]
            slash = piece.rfind("/") + 1
            if slash > cells // 4 and not piece[:slash].endswith("//"):
                piece = piece[:slash]
            lines.append(piece)
            current = current[len(piece) :]
    if current:
        lines.append(current)
    return lines or [""]
