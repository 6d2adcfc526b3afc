"""The bundled typefaces: Inter for the interface, JetBrains Mono for ids, bodies and names to be typed."""

from importlib.resources import files
from typing import Literal

from PySide6.QtGui import QFont, QFontDatabase

SANS = "Inter"
MONO = "JetBrains Mono"

Role = Literal["headline", "title", "source", "section", "body", "table", "button", "small", "mono", "first"]

_SIZES: dict[Role, tuple[int, QFont.Weight]] = {
    "first": (24, QFont.Weight.DemiBold),
    "headline": (18, QFont.Weight.DemiBold),
    "title": (15, QFont.Weight.DemiBold),
    "source": (13, QFont.Weight.Medium),
    "section": (13, QFont.Weight.DemiBold),
    "body": (13, QFont.Weight.Normal),
    "table": (12, QFont.Weight.Normal),
    "button": (12, QFont.Weight.Medium),
    "small": (11, QFont.Weight.Normal),
    "mono": (12, QFont.Weight.Normal),
}
FLOOR_PX = 11


def load() -> tuple[str, ...]:
    """Registers the bundled files with Qt; returns the families. Needs a QGuiApplication."""
    families: list[str] = []
    for entry in sorted(files("resources.fonts").iterdir(), key=lambda item: item.name):
        if entry.name.endswith((".otf", ".ttf")):
            number = QFontDatabase.addApplicationFontFromData(entry.read_bytes())
            families += QFontDatabase.applicationFontFamilies(number)
    return tuple(dict.fromkeys(families))


def plain(font: QFont) -> QFont:
    """The font with figures of one width, so that numbers that change do not move, and without signs that stand for
    several: `<=>` of a message must not be drawn as an arrow.
    """
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setFeature(QFont.Tag("calt"), 0)
    font.setFeature(QFont.Tag("liga"), 0)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


class Fonts:
    """Fonts by role at a text size (1.0 is 100 %)."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self._made: dict[tuple[Role, QFont.Weight | None], QFont] = {}

    def px(self, size: int) -> int:
        """A size at 100 % in logical pixels at this text size; text never gets smaller than 11."""
        return max(round(size * self.scale), FLOOR_PX)

    def get(self, role: Role, weight: QFont.Weight | None = None) -> QFont:
        """The font of a role; shared, so copy before changing it."""
        key = (role, weight)
        if key not in self._made:
            size, normal = _SIZES[role]
            font = QFont(MONO if role == "mono" else SANS)
            font.setPixelSize(self.px(size))
            font.setWeight(weight if weight is not None else normal)
            self._made[key] = plain(font)
        return self._made[key]
