"""Headers byte by byte made visible, and the failure as it was written."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from adapters.api import Header
from dashboard.core.letters import Failure
from dashboard.core.text import decode, one_line, visible_lines
from dashboard.ui.inspector.body import text_view
from dashboard.ui.look import Look
from dashboard.ui.tables.cells import Cells
from dashboard.ui.tables.listed import ListedModel
from dashboard.ui.tables.table import Table
from dashboard.ui.widgets.labels import label

Row = tuple[int, str, str, bool]
"""Place, name, value, and whether the failure was read from it."""


class HeaderCells(Cells):
    """Name and value."""

    def cell(self, painter: QPainter, box: QRect, record: object, column: int) -> None:
        """Names of the failure's headers are tinted."""
        assert isinstance(record, tuple)
        tokens = self.look.tokens
        failed = bool(record[3])
        if column == 0:
            color = tokens.danger if failed else tokens.text2
            self.text(painter, box.adjusted(8, 0, 0, 0), str(record[1]), color, role="mono")
        else:
            self.text(painter, box, one_line(str(record[2]), 400), tokens.text, role="mono")


class HeadersPane(QWidget):
    """All headers in their order; the chosen one whole below."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._model = ListedModel[Row](("Name", "Value"), lambda row: row[0], _cell_text, _spoken)
        self.table = Table(look, "Headers", row=24)
        self.table.setItemDelegate(HeaderCells(look, self.table))
        self.table.setModel(self._model)
        self.table.set_widths((150, 200), stretch=1)
        self.whole = text_view("Chosen header whole")
        self.whole.setFixedHeight(96)
        self.table.moved.connect(self._show_whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.table, 1)
        outer.addWidget(self.whole)

    def show_headers(self, headers: Sequence[Header], failed: Sequence[str]) -> None:
        """Shows them; `failed` are those that the failure stands in."""
        lower = {name.lower() for name in failed}
        rows: list[Row] = [
            (
                place,
                one_line(header.name, 200),
                visible_lines(decode(header.value)),
                header.name.lower() in lower,
            )
            for place, header in enumerate(headers)
        ]
        self._model.show(rows)
        self.table.select_row(0)
        self._show_whole(0)

    def pane(self) -> QWidget:
        """The table."""
        return self.table

    def _show_whole(self, row: int) -> None:
        record = self._model.record(row)
        self.whole.setPlainText(record[2] if record is not None else "")


class FailurePane(QWidget):
    """What went wrong, as the failing side wrote it."""

    def __init__(self) -> None:
        super().__init__()
        self._from = label("", "second", "third", wrap=True)
        self._what = label("", "mono", "danger", wrap=True)
        self._what.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.stack: QPlainTextEdit = text_view("Stack")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 8, 8, 8)
        outer.setSpacing(8)
        outer.addWidget(self._from)
        outer.addWidget(self._what)
        outer.addWidget(self.stack, 1)

    def show_failure(self, failure: Failure) -> None:
        """Shows it."""
        names = ", ".join(one_line(name, 60) for name in failure.header_names)
        said = (
            f"from headers {names}" if names else f"from {one_line(failure.convention, 60) or 'the broker'}"
        )
        self._from.setText(f"Failure {said}")
        parts = [part for part in (failure.exception, failure.message) if part]
        self._what.setText(visible_lines(": ".join(parts))[:4000] or "no reason given")
        self.stack.setPlainText(visible_lines(failure.stack))
        self.stack.setVisible(bool(failure.stack))

    def pane(self) -> QWidget:
        """The stack."""
        return self.stack


def _cell_text(row: Row, column: int) -> str:
    return one_line(row[1] if column == 0 else row[2], 2000)


def _spoken(row: Row) -> str:
    return one_line(f"{row[1]}: {row[2]}", 300)
