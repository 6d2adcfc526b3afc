"""The pages of the window, in the order of the sidebar; each is imported and made when it is first shown."""

from dashboard.ui.bench import Bench
from dashboard.ui.page import Page
from dashboard.ui.places import PageSpec


def _watch(bench: Bench) -> Page:
    from dashboard.ui.watch.page import WatchPage

    return WatchPage(bench)


def _inbox(bench: Bench) -> Page:
    from dashboard.ui.dead_letters.inbox import InboxPage

    return InboxPage(bench)


def _source(bench: Bench) -> Page:
    from dashboard.ui.dead_letters.source import SourcePage

    return SourcePage(bench)


def _purge(bench: Bench) -> Page:
    from dashboard.ui.purge.page import PurgePage

    return PurgePage(bench)


def _runs(bench: Bench) -> Page:
    from dashboard.ui.redrives.runs import RunsPage

    return RunsPage(bench)


def _plan(bench: Bench) -> Page:
    from dashboard.ui.redrives.plan import PlanPage

    return PlanPage(bench)


def _run(bench: Bench) -> Page:
    from dashboard.ui.redrives.run import RunPage

    return RunPage(bench)


def _archives(bench: Bench) -> Page:
    from dashboard.ui.purge.archives import ArchivesPage

    return ArchivesPage(bench)


def _journal(bench: Bench) -> Page:
    from dashboard.ui.journal.page import JournalPage

    return JournalPage(bench)


PAGES: tuple[PageSpec, ...] = (
    PageSpec("watch", "Watch", "activity", _watch),
    PageSpec("dead", "Dead letters", "inbox", _inbox),
    PageSpec("source", "Dead letters of a source", "inbox", _source, sidebar=False, parent="dead"),
    PageSpec("purge", "Purge", "trash-2", _purge, sidebar=False, parent="dead"),
    PageSpec("runs", "Redrives", "rotate-cw", _runs),
    PageSpec("plan", "New redrive", "rotate-cw", _plan, sidebar=False, parent="runs"),
    PageSpec("run", "Redrive run", "rotate-cw", _run, sidebar=False, parent="runs"),
    PageSpec("archives", "Archives", "archive", _archives, sidebar=False, parent="runs"),
    PageSpec("journal", "Journal", "history", _journal),
)
