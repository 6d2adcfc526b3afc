"""Connect: an address first, a form made from the kind's fields, and a test in place before anything is saved."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from adapters.api import AdapterInfo, ConfigError, Environment, RedriveError, Secret
from dashboard.bridge.commands import Handle
from dashboard.core.connections import Connection, TestResult
from dashboard.ui.bench import Bench
from dashboard.ui.connect.fields import LABEL_WIDTH, FieldForm
from dashboard.ui.connect.form import build, fill, kind_of
from dashboard.ui.connect.kinds import KindList
from dashboard.ui.connect.result import ResultPane
from dashboard.ui.widgets.buttons import Button, CheckBox, Segments, caps
from dashboard.ui.widgets.labels import Elided, label, line, set_tone
from dashboard.ui.widgets.overlay import Overlay

_ENVIRONMENTS = tuple((one, one.value.title()) for one in Environment)
_SECRETS_MOVED = "moved to its own field; the address is stored without it."


class ConnectOverlay(Overlay):
    """1180 × 732. `existing` is changed instead of added."""

    def __init__(
        self,
        bench: Bench,
        window: QWidget,
        kinds: Sequence[AdapterInfo],
        url: str = "",
        existing: Connection | None = None,
    ) -> None:
        super().__init__(bench.look, window, width=1180, height=732)
        self.bench = bench
        self._kinds = [info for info in kinds if info.listed or (existing and info.kind == existing.kind)]
        self._existing = existing
        self._keyring: str | None = None
        self._asked: Handle[TestResult] | Handle[None] | None = None
        self._settled = ""
        self._typed = ""
        self.setAccessibleName("Connect")
        self.address = QLineEdit()
        self.address.setProperty("role", "mono")
        self.address.setFixedHeight(bench.look.row(36))
        self.address.setAccessibleName("Address")
        self.address.editingFinished.connect(self._settle_address)
        self.address.textChanged.connect(self._address_changed)
        # Of one height, empty or not: what is about to be clicked must not move away.
        self.trouble = Elided("", "second", "danger")
        self.trouble.setFixedHeight(bench.look.row(18))
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.environment = Segments(_ENVIRONMENTS, "Environment", empty=True)
        for one in Environment:
            self.environment.button(one).setProperty("environment", one.value)
        self.environment.chosen.connect(self._environment_chosen)
        self.read_only = CheckBox(bench.look, "Read-only", checked=True)
        self.read_only.toggled.connect(lambda _: self._changed())
        self._form_place = QVBoxLayout()
        self.form: FieldForm | None = None
        self.result = ResultPane(bench.look)
        self._note = label("Nothing is stored until you save.", "second", "third")
        self.test_button = Button(bench.look, "Test", run=self.test)
        self.save_button = Button(bench.look, "Save and connect", "primary", run=self.save)
        self.kinds = KindList(bench.look, self._kinds, self._choose_kind)
        self._lay_out()
        for keys, act in (("Ctrl+T", self.test), ("Ctrl+Return", self.save), ("Ctrl+Enter", self.save)):
            QShortcut(QKeySequence(keys), self).activated.connect(act)
        self.address.returnPressed.connect(self.test)
        bench.commands.ask(self, lambda desk: desk.keyring_name(), self._keyring_known, lambda _: None)
        self._begin(url)

    # What is filled in

    def _begin(self, url: str) -> None:
        first = self._kinds[0]
        existing = self._existing
        if existing is not None:
            self._show_kind(
                next((one for one in self._kinds if one.kind == existing.kind), first), read=False
            )
            self.address.setText(existing.url)
            self.name.setText(existing.name)
            self.name.setReadOnly(True)
            self.environment.choose(existing.environment)
            self.read_only.setChecked(existing.read_only)
            if self.form is not None:
                self.form.fill(existing.options, {})
        else:
            self._show_kind(kind_of(url, self._kinds) or first, read=kind_of(url, self._kinds) is not None)
            self.address.setText(url)
            self._settle_address()
        self.first_focus = self.address
        self._changed()

    def _address_changed(self, text: str) -> None:
        info = kind_of(text, self._kinds)
        if info is not None and self.form is not None and info.kind != self.form.info.kind:
            self._show_kind(info, read=True)
        pasted = len(text) > len(self._typed) + 1
        self._typed = text
        if text != self._settled:
            # It was said of another address.
            self._say("")
        # A pasted address with a secret in it must not stand on the screen.
        if "@" in text and "://" in text and pasted:
            self._settle_address()
        self._changed()

    def _settle_address(self) -> None:
        """Takes a whole address apart; one that cannot be read is said, and stays as it is."""
        form = self.form
        text = self.address.text().strip()
        if form is None or not text or text == self._settled:
            return
        self._say("")
        try:
            filled = fill(text, form.info)
        except ConfigError as error:
            self._say(str(error), "danger")
            return
        self._settled = filled.bare
        form.fill(filled.values, filled.secrets)
        if self.address.text() != filled.bare:
            self.address.setText(filled.bare)
        if not self.name.text():
            self.name.setText(filled.name)
        if filled.loopback and self.environment.value() is None:
            self.environment.choose(Environment.DEVELOPMENT)
            self.read_only.setChecked(False)
        if filled.moved:
            self._say(f"{', '.join(filled.moved)}: {_SECRETS_MOVED}", "third")

    def _say(self, text: str, tone: str = "third") -> None:
        set_tone(self.trouble, tone)
        self.trouble.setText(text)
        self.address.setAccessibleDescription(text)

    def _choose_kind(self, info: AdapterInfo) -> None:
        self._show_kind(info, read=False)
        self._changed()

    def _show_kind(self, info: AdapterInfo, *, read: bool) -> None:
        self.kinds.light_up(info, read=read)
        if self.form is not None:
            if self.form.info.kind == info.kind:
                return
            self.form.hide()
            self.form.deleteLater()
        self.form = FieldForm(self.bench.look, info, self._changed)
        self.form.say_where(self._keyring)
        self._form_place.addWidget(self.form)
        self.address.setPlaceholderText(info.example)

    def _keyring_known(self, name: str | None) -> None:
        self._keyring = name
        if self.form is not None:
            self.form.say_where(name)

    def _environment_chosen(self, value: object) -> None:
        self.read_only.setChecked(value is Environment.PRODUCTION)
        self._changed()

    def _changed(self) -> None:
        """What was tested says nothing of what is entered now."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        self.result.forget()
        why = self._why_not_save()
        self.save_button.allow(why)
        self.test_button.allow("" if self.address.text().strip() else "there is no address")
        self._note.setText(f"{why[:1].upper()}{why[1:]}." if why else "Nothing is stored until you save.")

    def _why_not_save(self) -> str:
        if not self.address.text().strip():
            return "there is no address"
        if self.environment.value() is None:
            return "choose an environment: only loopback has a default"
        return ""

    def connection(self) -> tuple[Connection, dict[str, Secret]]:
        """What is entered; raises `ConfigError`. Without an environment it counts as production, to be careful."""
        form = self.form
        assert form is not None
        environment = self.environment.value()
        return build(
            form.info,
            address=self.address.text(),
            name=self.name.text(),
            values=form.values(),
            environment=environment if isinstance(environment, Environment) else Environment.PRODUCTION,
            read_only=self.read_only.isChecked(),
        )

    # Acts

    def test(self) -> None:
        """Tests what is entered."""
        try:
            connection, secrets = self.connection()
        except ConfigError as error:
            self.result.failing(error)
            return
        self.result.testing()
        self._asked = self.bench.commands.ask(
            self, lambda desk: desk.try_connection(connection, secrets), self._tested, self._failed
        )

    def save(self) -> None:
        """Saves and watches."""
        why = self._why_not_save()
        if why:
            self._note.setText(why)
            return
        try:
            connection, secrets = self.connection()
        except ConfigError as error:
            self.result.failing(error)
            return
        self._asked = self.bench.commands.ask(
            self,
            lambda desk: desk.save_connection(connection, secrets),
            lambda _: self._saved(connection),
            self._failed,
        )

    def _tested(self, result: TestResult) -> None:
        self._asked = None
        self.test_button.setText("Test again")
        self.result.show_result(result, f"{self.bench.now().astimezone():%H:%M:%S}")

    def _failed(self, error: RedriveError) -> None:
        self._asked = None
        self.result.failing(error)

    def _saved(self, connection: Connection) -> None:
        self._asked = None
        self.close_overlay()
        self.bench.shell.toast(f"{connection.name} is watched from now on.")

    # Layout

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        title = "Connect" if self._existing is None else f"Change {self._existing.name}"
        head.addWidget(label(title, "title"))
        head.addWidget(label("Paste an address, or choose a kind", "second", "third"))
        head.addStretch(1)
        head.addWidget(Button(self.bench.look, "", "icon", "x", name="Close (Esc)", run=self.close_overlay))
        top = QVBoxLayout()
        top.setContentsMargins(16, 12, 16, 12)
        top.setSpacing(8)
        top.addLayout(head)
        top.addWidget(self.address)
        top.addWidget(self.trouble)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.kinds)
        body.addWidget(line("vline"))
        body.addWidget(self._fields(), 468)
        body.addWidget(line("vline"))
        body.addWidget(self.result, 496)
        outer = QVBoxLayout(self.frame)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        outer.addLayout(top)
        outer.addWidget(line())
        outer.addLayout(body, 1)
        outer.addWidget(line())
        outer.addLayout(self._foot())

    def _fields(self) -> QWidget:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(12)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label("Name"), 0, 0)
        grid.addWidget(self.name, 0, 1)
        grid.addWidget(label("Environment"), 1, 0)
        grid.addWidget(self.environment, 1, 1)
        text = "No default but for loopback. Production asks for its name before anything is sent or removed."
        grid.addWidget(label(text, "small", wrap=True), 2, 1)
        grid.addWidget(self.read_only, 3, 1)
        text = "On for production until you turn it off. Redrive and purge stay locked."
        grid.addWidget(label(text, "small", wrap=True), 4, 1)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(grid)
        column.addWidget(line())
        column.addLayout(self._form_place)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        return scroll

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 12, 16, 12)
        foot.setSpacing(8)
        foot.addWidget(self._note, 1)
        foot.addWidget(Button(self.bench.look, "Cancel", "ghost", run=self.close_overlay))
        foot.addWidget(caps("Esc"))
        foot.addSpacing(8)
        foot.addWidget(self.test_button)
        foot.addWidget(caps("Ctrl+T"))
        foot.addSpacing(8)
        foot.addWidget(self.save_button)
        foot.addWidget(caps("Ctrl+Return"))
        return foot
