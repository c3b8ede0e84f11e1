"""Text made into a QR code, and a code into a picture."""

from __future__ import annotations

import struct
import zlib

from jntui.model.qr import QUIET, QrCode

PIXELS = 8
"""Of one square in a picture."""
PICTURE_QUIET = 4
"""Light squares around the code in a picture: what ISO/IEC 18004 asks for."""


def encode(text: str, quiet: int = QUIET) -> QrCode:
    """The code of the text at error level L, which needs the fewest squares.

    Raises ValueError for more than a code can hold (2953 bytes).
    """
    import qrcode
    from qrcode.constants import ERROR_CORRECT_L
    from qrcode.exceptions import DataOverflowError

    made = qrcode.QRCode(error_correction=ERROR_CORRECT_L, border=0)
    made.add_data(text)
    try:
        made.make(fit=True)
    except (DataOverflowError, ValueError):
        # From None: the library's own error repeats the text, and with it the token.
        raise ValueError("it is too long for a QR code, which holds 2953 characters") from None
    squares = tuple(tuple(bool(dark) for dark in row) for row in made.get_matrix())
    return QrCode(text, squares, quiet)


def png(code: QrCode, pixels: int = PIXELS) -> bytes:
    """The code as a PNG of one bit a pixel (RFC 2083), black on white, `pixels` for each square."""
    size = len(code.squares) + 2 * PICTURE_QUIET
    width = size * pixels
    blank = _scanline([False] * size, pixels)
    side = [False] * PICTURE_QUIET
    lines = [_scanline([*side, *row, *side], pixels) for row in code.squares]
    rows = [*[blank] * PICTURE_QUIET, *lines, *[blank] * PICTURE_QUIET]
    data = b"".join(line * pixels for line in rows)
    head = struct.pack(">IIBBBBB", width, width, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(data, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, parts))


def _scanline(row: list[bool], pixels: int) -> bytes:
    """One row of pixels with its filter byte; a set bit is white."""
    bits = "".join(("0" if dark else "1") * pixels for dark in row)
    bits += "0" * (-len(bits) % 8)
    return b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    name, data = part
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
