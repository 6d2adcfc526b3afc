"""The declared acts. A page binds those it can do; keys, palette and keyboard map read the same table."""

from dashboard.ui.actions import ActionSpec

EVERYWHERE = "Everywhere"
TABLES = "Tables"
WATCH = "Watch"
DEAD = "Dead letters"
RUN = "Redrive run"
CHARTS = "Charts"
DEMO = "Demo"

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("palette", EVERYWHERE, "Find, paste or run anything", ("Ctrl+K",), "window", "search"),
    ActionSpec("page.watch", EVERYWHERE, "Go to Watch", ("Ctrl+1",), "window", "activity"),
    ActionSpec("page.dead", EVERYWHERE, "Go to Dead letters", ("Ctrl+2",), "window", "inbox"),
    ActionSpec("page.runs", EVERYWHERE, "Go to Redrives", ("Ctrl+3",), "window", "rotate-cw"),
    ActionSpec("page.journal", EVERYWHERE, "Go to Journal", ("Ctrl+5",), "window", "history"),
    ActionSpec("search", EVERYWHERE, "Search this page", ("/",), "window", "list-filter"),
    ActionSpec("pane.next", EVERYWHERE, "Next pane", ("F6",), "window", "columns-3"),
    ActionSpec("pane.previous", EVERYWHERE, "Pane before", ("Shift+F6",), "window", "columns-3"),
    ActionSpec("back", EVERYWHERE, "Back", ("Alt+Left",), "window", "arrow-left"),
    ActionSpec("forward", EVERYWHERE, "Forward", ("Alt+Right",), "window", "arrow-right"),
    ActionSpec("pause-view", EVERYWHERE, "Pause the view", ("Ctrl+.",), "window", "pause"),
    ActionSpec("count-again", EVERYWHERE, "Count again, reads nothing", ("F5",), "window", "refresh-cw"),
    ActionSpec(
        "connect", EVERYWHERE, "Connect…", ("Ctrl+N",), "window", "plug", words="add broker address new"
    ),
    ActionSpec(
        "theme",
        EVERYWHERE,
        "Change between dark and light",
        ("Ctrl+Shift+L",),
        "window",
        "moon",
        words="theme colours mode night day",
    ),
    ActionSpec(
        "keys", EVERYWHERE, "Keyboard map", ("?",), "window", "keyboard", words="shortcuts help hotkeys"
    ),
    ActionSpec("quit", EVERYWHERE, "Quit", ("Ctrl+Q",), "window", "x"),
    ActionSpec(
        "demo.fix", DEMO, "Deploy the fix, or roll it back", (), "window", "play", words="release repair"
    ),
    ActionSpec("table.move", TABLES, "Move", ("Up", "Down"), "pane", own=True),
    ActionSpec("table.letters", TABLES, "Move, without arrows", ("J", "K"), "pane", own=True),
    ActionSpec("table.ends", TABLES, "First, last", ("Home", "End"), "pane", own=True),
    ActionSpec("table.open", TABLES, "Open", ("Return",), "pane", own=True),
    ActionSpec("table.copy", TABLES, "Copy rows", ("Ctrl+C",), "pane", own=True),
    ActionSpec("watch.dead", WATCH, "Dead letters of the row", ("D",), "pane", "inbox"),
    ActionSpec("dead.redrive", DEAD, "Redrive…", ("R",), "pane", "rotate-cw", "opens a plan, sends nothing"),
    ActionSpec(
        "dead.purge", DEAD, "Purge…", ("Ctrl+Del",), "page", "trash-2", "opens a plan, removes nothing"
    ),
    ActionSpec("dead.export", DEAD, "Export…", ("Ctrl+E",), "page", "download", "writes a file"),
    ActionSpec("dead.again", DEAD, "Read again…", ("Ctrl+F5",), "page", "refresh-cw", "names its price"),
    ActionSpec("dead.tick", DEAD, "Tick or untick", ("Space",), "pane", own=True),
    ActionSpec("dead.all", DEAD, "Select all that match", ("Ctrl+A",), "pane", "check"),
    ActionSpec("dead.none", DEAD, "Select none", ("Ctrl+Shift+A",), "page", "square"),
    ActionSpec("dead.view", DEAD, "Next view of the message", ("V",), "pane", "eye"),
    ActionSpec("dead.next", DEAD, "Next message", ("]",), "pane", "chevron-right"),
    ActionSpec("dead.before", DEAD, "Message before", ("[",), "pane", "chevron-left"),
    ActionSpec("archive.restore", DEAD, "Restore…", ("Shift+R",), "pane", "archive-restore", "opens a plan"),
    ActionSpec("run.pause", RUN, "Pause or resume", ("Ctrl+Space",), "page", "pause"),
    ActionSpec("run.faster", RUN, "Faster", ("+", "="), "page", "plus"),
    ActionSpec("run.slower", RUN, "Slower", ("-",), "page", "minus"),
    ActionSpec("run.cancel", RUN, "Cancel the rest…", ("Ctrl+Backspace",), "page", "square", "asks first"),
    ActionSpec("run.export", RUN, "Export ledger…", ("Ctrl+E",), "page", "download"),
    ActionSpec("run.unknown", RUN, "Ledger: unknown", ("U",), "pane", "circle-question-mark"),
    ActionSpec("run.back", RUN, "Ledger: came back", ("B",), "pane", "undo-2"),
    ActionSpec("runs.resume", RUN, "Resume the chosen run", ("Ctrl+Return",), "page", "play"),
    ActionSpec("chart.cross", CHARTS, "Move the crosshair", ("Left", "Right"), "pane", own=True),
    ActionSpec("chart.live", CHARTS, "Back to live", ("L",), "pane", own=True),
)
