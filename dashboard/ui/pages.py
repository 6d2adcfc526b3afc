"""The pages of the window, in the order of the sidebar; each is imported and made when it is first shown."""

from dashboard.ui.bench import Bench
from dashboard.ui.page import Page
from dashboard.ui.places import PageSpec


def _watch(bench: Bench) -> Page:
    from dashboard.ui.watch.page import WatchPage

    return WatchPage(bench)


def _journal(bench: Bench) -> Page:
    from dashboard.ui.journal.page import JournalPage

    return JournalPage(bench)


PAGES: tuple[PageSpec, ...] = (
    PageSpec("watch", "Watch", "activity", _watch),
    PageSpec("journal", "Journal", "history", _journal),
)
