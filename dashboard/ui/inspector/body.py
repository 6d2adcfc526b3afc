"""The body as a tree, as text, or in hex."""

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QStackedWidget, QVBoxLayout, QWidget

from dashboard.core.decode import BodyView
from dashboard.ui.inspector.hexview import HexView
from dashboard.ui.inspector.tree import BodyTree
from dashboard.ui.look import Look
from dashboard.ui.widgets.buttons import Segments
from dashboard.ui.widgets.labels import Elided, label
from dashboard.ui.widgets.states import StatePanel

WAYS = (("tree", "Tree"), ("text", "Text"), ("hex", "Hex"))


class BodyPane(QWidget):
    """A person's choice of a way stays; a body that cannot be shown that way is shown as the next that it can."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._body: BodyView | None = None
        self._failure = ""
        self._wanted = "tree"
        self.ways = Segments(WAYS, "Show the body as")
        self.ways.chosen.connect(self._choose)
        self.words = Elided("", "second", "third")
        self.trouble = label("", "second", "warn", wrap=True)
        self.tree = BodyTree(look)
        self.text = text_view("Body as text")
        self.hex = HexView(look)
        self.none = StatePanel(look)
        self._views = QStackedWidget()
        for view in (self.tree, self.text, self.hex, self.none):
            self._views.addWidget(view)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.ways)
        top.addWidget(self.words, 1)
        head = QVBoxLayout()
        head.setContentsMargins(16, 8, 16, 6)
        head.setSpacing(6)
        head.addLayout(top)
        head.addWidget(self.trouble)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self._views, 1)

    def show_body(self, body: BodyView, failure: str) -> None:
        """Shows a body; fields that the failure names are tinted."""
        self._body, self._failure = body, failure
        self.words.setText(body.note)
        self.trouble.setText(body.trouble)
        self.trouble.setVisible(bool(body.trouble) and body.form != "gone")
        self.ways.setEnabled(body.form not in {"gone", "empty"})
        self.ways.button("tree").setEnabled(body.tree is not None)
        self.ways.button("text").setEnabled(body.text is not None)
        if body.form in {"gone", "empty"}:
            self.none.say("file-text", body.note, body.trouble)
            self._views.setCurrentWidget(self.none)
        else:
            self._show()

    def next_way(self) -> bool:
        """The next way; False after the last, and then it is at the first again."""
        ways = [way for way, _ in WAYS if self.ways.button(way).isEnabled()]
        now = str(self.ways.value())
        place = ways.index(now) + 1 if now in ways else len(ways)
        if ways:
            self._choose(ways[place % len(ways)])
        return place < len(ways)

    def pane(self) -> QWidget:
        """What has the keys."""
        shown = self._views.currentWidget()
        assert shown is not None
        return shown

    def _choose(self, way: object) -> None:
        self._wanted = str(way)
        self._show()

    def _show(self) -> None:
        body = self._body
        if body is None or body.form in {"gone", "empty"}:
            return
        way = self._wanted
        if way == "tree" and body.tree is None:
            way = "text"
        if way == "text" and body.text is None:
            way = "hex"
        self.ways.choose(way)
        if way == "tree" and body.tree is not None:
            self.tree.show_tree(body.tree, self._failure)
            self._views.setCurrentWidget(self.tree)
        elif way == "text":
            self.text.setPlainText(body.text or "")
            self._views.setCurrentWidget(self.text)
        else:
            self.hex.show_bytes(body.data)
            self._views.setCurrentWidget(self.hex)


def text_view(name: str) -> QPlainTextEdit:
    """A read-only view of plain text in mono."""
    view = QPlainTextEdit()
    view.setReadOnly(True)
    view.setProperty("role", "mono")
    view.setAccessibleName(name)
    view.setTabChangesFocus(True)
    return view
