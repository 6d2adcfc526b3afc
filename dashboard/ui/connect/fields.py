"""An editor for each field that an adapter declares."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from adapters.api import AdapterInfo, FieldSpec, Secret
from dashboard.ui.connect.form import plain_fields
from dashboard.ui.look import Look
from dashboard.ui.widgets.buttons import Button
from dashboard.ui.widgets.labels import label

LABEL_WIDTH = 116


class FieldEditor(QWidget):
    """One field with its help. Values are text; a flag is "true" or "false"."""

    def __init__(self, spec: FieldSpec, changed: Callable[[], None]) -> None:
        super().__init__()
        self.spec = spec
        self.input: QLineEdit | QComboBox | QCheckBox
        if spec.kind == "flag":
            self.input = QCheckBox("On")
            self.input.setChecked(spec.default == "true")
            self.input.toggled.connect(lambda _: changed())
        elif spec.kind == "choice":
            self.input = QComboBox()
            self.input.addItems(list(spec.choices))
            self.input.setCurrentText(spec.default)
            self.input.currentTextChanged.connect(lambda _: changed())
        else:
            self.input = QLineEdit(spec.default)
            self.input.setPlaceholderText(spec.placeholder)
            if spec.kind == "secret":
                self.input.setEchoMode(QLineEdit.EchoMode.Password)
            self.input.textChanged.connect(lambda _: changed())
        self.input.setAccessibleName(spec.label)
        self.input.setAccessibleDescription(spec.help)
        self.help = label(spec.help, "small", wrap=True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        outer.addWidget(self.input)
        outer.addWidget(self.help)
        self.help.setVisible(bool(spec.help))

    def value(self) -> str:
        """What is entered."""
        if isinstance(self.input, QCheckBox):
            return "true" if self.input.isChecked() else "false"
        return self.input.currentText() if isinstance(self.input, QComboBox) else self.input.text()

    def set_value(self, value: str) -> None:
        """Enters a value."""
        if isinstance(self.input, QCheckBox):
            self.input.setChecked(value.lower() in {"true", "1", "yes", ""})
        elif isinstance(self.input, QComboBox):
            self.input.setCurrentText(value)
        else:
            self.input.setText(value)

    def say_where(self, keyring: str | None) -> None:
        """Says where a secret is kept."""
        if self.spec.kind == "secret":
            where = (
                f"Kept in {keyring}, never in a file."
                if keyring
                else "Asked each session: there is no keyring."
            )
            self.help.setText(f"{self.spec.help} {where}".strip())
            self.help.show()


class FieldForm(QWidget):
    """All fields of a kind; the rare ones are folded away."""

    def __init__(self, look: Look, info: AdapterInfo, changed: Callable[[], None]) -> None:
        super().__init__()
        self.info = info
        self.editors = {spec.name: FieldEditor(spec, changed) for spec in plain_fields(info)}
        often = QGridLayout()
        rare = QGridLayout()
        for grid in (often, rare):
            grid.setHorizontalSpacing(8)
            grid.setVerticalSpacing(12)
            grid.setColumnMinimumWidth(0, LABEL_WIDTH)
            grid.setColumnStretch(1, 1)
        for name, editor in self.editors.items():
            grid = rare if editor.spec.rare else often
            row = grid.rowCount()
            title = label(editor.spec.label, "body")
            title.setBuddy(editor.input)
            title.setMinimumHeight(look.row(28))
            grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(editor, row, 1)
            editor.setObjectName(name)
        self._rare = QWidget()
        self._rare.setLayout(rare)
        rare.setContentsMargins(0, 0, 0, 0)
        words = ", ".join(editor.spec.label for editor in self.editors.values() if editor.spec.rare)
        self.more = Button(
            look, "More fields", "link", "chevron-right", name=f"More fields: {words}", run=self._fold
        )
        self._what = label(words, "small", wrap=True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        outer.addLayout(often)
        outer.addWidget(self.more)
        outer.addWidget(self._what)
        outer.addWidget(self._rare)
        outer.addStretch(1)
        self.more.setVisible(bool(words))
        self._what.setVisible(bool(words))
        self._rare.hide()

    def values(self) -> dict[str, str]:
        """What is entered, by field."""
        return {name: editor.value() for name, editor in self.editors.items()}

    def fill(self, values: Mapping[str, str], secrets: Mapping[str, Secret]) -> None:
        """Enters what an address told; opens the rare fields when one of them was told."""
        for name, value in values.items():
            if name in self.editors:
                self.editors[name].set_value(value)
        for name, secret in secrets.items():
            if name in self.editors:
                self.editors[name].set_value(secret.reveal())
        told = {*values, *secrets} & set(self.editors)
        if any(self.editors[name].spec.rare for name in told):
            self.unfold()

    def say_where(self, keyring: str | None) -> None:
        """Says at each secret where it is kept."""
        for editor in self.editors.values():
            editor.say_where(keyring)

    def unfold(self) -> None:
        """Shows the rare fields."""
        self._rare.show()
        self._what.hide()
        self.more.setText("Fewer fields")

    def _fold(self) -> None:
        if self._rare.isVisible():
            self._rare.hide()
            self._what.show()
            self.more.setText("More fields")
        else:
            self.unfold()
