"""Where the program keeps its files: one folder, readable by its owner only."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from dashboard.store.errors import Unwritable


@dataclass(frozen=True, slots=True)
class Home:
    """The places of all files; `prepare` makes the folders with mode 0700."""

    config: Path
    data: Path

    @property
    def workspace_toml(self) -> Path:
        """Connections without secrets, rules, layouts."""
        return self.config / "workspace.toml"

    @property
    def redrive_db(self) -> Path:
        """Ledger, journal, archive index."""
        return self.data / "redrive.db"

    @property
    def history_db(self) -> Path:
        """Measures over time."""
        return self.data / "history.db"

    @property
    def dead_db(self) -> Path:
        """Snapshots of dead letters; may be deleted."""
        return self.data / "dead.db"

    @property
    def archive(self) -> Path:
        """Purged messages."""
        return self.data / "archive"

    @property
    def runs(self) -> Path:
        """Locks of runs."""
        return self.data / "runs"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.data / "logs"

    def prepare(self) -> None:
        """Makes the folders; raises `Unwritable` where that cannot be."""
        for folder in (self.config, self.data, self.archive, self.runs, self.logs):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise Unwritable(
                    f"The folder {folder} cannot be made: {error.strerror}.",
                    hint="Set REDRIVE_HOME to a folder you may write.",
                ) from error


def find_home(environ: Mapping[str, str] = os.environ) -> Home:
    """`REDRIVE_HOME` where it is set, else the platform's places."""
    if root := environ.get("REDRIVE_HOME"):
        path = Path(root).expanduser().absolute()
        return Home(config=path, data=path)
    dirs = platformdirs.PlatformDirs("redrive", appauthor=False)
    return Home(config=Path(dirs.user_config_dir), data=Path(dirs.user_data_dir))


def touch_private(path: Path) -> None:
    """Makes the file with mode 0600 where it is not there."""
    if path.exists():
        return
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise Unwritable(
            f"{path} cannot be made: {error.strerror}.", hint="Check the folder and its rights."
        ) from error
