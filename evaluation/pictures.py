"""Three kinds of picture as SVG, which every browser shows and every editor can search: bars, a grid, a curve."""

from collections.abc import Sequence
from html import escape

INK, GREY, BLUE, RED = "#1f2933", "#cbd2d9", "#2f6fab", "#c0392b"
ROW, LEFT = 18, 190


def bars(title: str, values: Sequence[tuple[str, float]]) -> str:
    """Shares from 0 to 1, one bar a line, the highest first as given."""
    width = 420
    lines = [
        _text(LEFT - 8, place * ROW + 53, name, "end")
        + f'<rect x="{LEFT}" y="{place * ROW + 42}" width="{value * width:.1f}" height="{ROW - 5}" fill="{BLUE}"/>'
        + _text(LEFT + value * width + 6, place * ROW + 53, f"{value:.0%}")
        for place, (name, value) in enumerate(values)
    ]
    return _picture(title, LEFT + width + 60, len(values) * ROW + 60, lines)


def grid(title: str, names: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """How often what stands in a row was taken for what stands in a column; the diagonal, being right, is grey."""
    cell, top = 13, 170
    most = max((n for y, row in enumerate(counts) for x, n in enumerate(row) if x != y), default=1) or 1
    lines = []
    for place, name in enumerate(names):
        middle = LEFT + place * cell + cell - 3
        lines.append(_text(LEFT - 6, top + place * cell + 10, name, "end", 10))
        lines.append(f'<g transform="rotate(-60 {middle} {top - 6})">{_text(middle, top - 6, name, size=10)}</g>')
    for y, row in enumerate(counts):
        for x, count in enumerate(row):
            if not count:
                continue
            colour, depth = (GREY, 1.0) if x == y else (RED, 0.25 + 0.75 * count / most)
            lines.append(
                f'<rect x="{LEFT + x * cell}" y="{top + y * cell}" width="{cell - 1}" height="{cell - 1}" fill="{colour}"'
                f' fill-opacity="{depth:.2f}"><title>{escape(names[y])} → {escape(names[x])}: {count}</title></rect>'
            )
    size = len(names) * cell
    return _picture(title, LEFT + size + 60, top + size + 20, lines)


def curve(
    title: str, across: str, up: str, points: Sequence[tuple[float, float]], marks: Sequence[tuple[float, float, str]]
) -> str:
    """A line through points, both scales from 0 to 1 across and from 0 to the highest point up; marks are named dots."""
    width, height, left, top = 560, 320, 60, 50
    highest = max([y for _, y in points] + [y for _, y, _ in marks] + [0.05])

    def place(x: float, y: float) -> tuple[float, float]:
        return left + x * width, top + height - y / highest * height

    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
    lines = [
        f'<path d="M{left} {top}V{top + height}H{left + width}" fill="none" stroke="{INK}"/>',
        f'<polyline points="{path}" fill="none" stroke="{BLUE}" stroke-width="2"/>',
    ]
    for step in range(6):
        x, _ = place(step / 5, 0)
        _, y = place(0, highest * step / 5)
        lines.append(_text(x, top + height + 18, f"{step / 5:.0%}", "middle"))
        lines.append(_text(left - 6, y + 4, f"{highest * step / 5:.1%}", "end"))
    for x, y, name in marks:
        across_at, up_at = place(x, y)
        lines.append(f'<circle cx="{across_at:.1f}" cy="{up_at:.1f}" r="4" fill="{RED}"/>')
        lines.append(_text(across_at - 6, up_at - 8, name, "end"))
    lines.append(_text(left + width / 2, top + height + 40, across, "middle"))
    lines.append(_text(left, top - 8, up))
    return _picture(title, left + width + 60, top + height + 60, lines)


def _text(x: float, y: float, words: str, anchor: str = "start", size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{INK}">{escape(words)}</text>'
    )


def _picture(title: str, width: float, height: float, lines: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" font-family="sans-serif">'
        f'<rect width="100%" height="100%" fill="white"/>{_text(12, 24, title, size=15)}'
    )
    return "\n".join([head, *lines, "</svg>\n"])
