"""Line icons tinted with a colour of the theme, drawn at the screen's own resolution and kept."""

from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

STROKE = "1.75"


STAND_IN = "layers"
"""For an icon that an adapter names and we do not have."""
_BRANDS = {
    "nats": "radio",
    "jetstream": "radio",
    "consumer": "split",
    "stream": "radio",
    "memory": "database",
}


class Icons:
    """Pixmaps by (name, colour, size, ratio)."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._made: dict[tuple[str, str, int, float], QPixmap] = {}

    def pixmap(self, name: str, color: str, size: int = 16, ratio: float = 1.0) -> QPixmap:
        """The icon in `color` (#rrggbb) at `size` logical pixels."""
        key = (name, color, size, ratio)
        if key not in self._made:
            self._made[key] = self._draw(name, color, size, ratio)
        return self._made[key]

    def icon(self, name: str, color: str, off: str, ratio: float = 1.0, size: int = 16) -> QIcon:
        """For buttons and menus; `off` is the colour while disabled."""
        icon = QIcon(self.pixmap(name, color, size, ratio))
        icon.addPixmap(self.pixmap(name, off, size, ratio), QIcon.Mode.Disabled)
        return icon

    def _text(self, name: str) -> str:
        if name not in self._texts:
            text = _read(_BRANDS.get(name, name))
            self._texts[name] = text.replace('stroke-width="2"', f'stroke-width="{STROKE}"')
        return self._texts[name]

    def _draw(self, name: str, color: str, size: int, ratio: float) -> QPixmap:
        tinted = self._text(name).replace("currentColor", color)
        renderer = QSvgRenderer(QByteArray(tinted.encode()))
        pixmap = QPixmap(QSize(size, size) * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size * ratio, size * ratio))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap


def _read(name: str) -> str:
    folder = files("resources.icons")
    known = {entry.name for entry in folder.iterdir()}
    file = f"{name}.svg" if f"{name}.svg" in known else f"{STAND_IN}.svg"
    return (folder / file).read_text(encoding="utf-8")
