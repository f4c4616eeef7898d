"""The table of commands: what there is, what each is for, and where it stands."""

from cmctl.cli.lazy import Entry

QUEUE = Entry(
    "queue",
    "See and change what goes out next.",
    default="list",
    entries=(
        Entry("list", "List what goes out, and when.", "cmctl.cli.queue_list:list_"),
        Entry("add", "Write a new post into its file.", "cmctl.cli.queue_edit:add"),
        Entry("show", "Show one delivery, whole, with its history.", "cmctl.cli.queue_show:show"),
        Entry(
            "edit",
            "Open a post's file at its place, or change its text.",
            "cmctl.cli.queue_edit:edit",
        ),
        Entry("move", "Give a post another time.", "cmctl.cli.queue_edit:move"),
        Entry("approve", "Make a draft a post.", "cmctl.cli.queue_edit:approve"),
        Entry("hold", "Hold a delivery until it is released.", "cmctl.cli.queue_decide:hold"),
        Entry(
            "release", "Let a held or cancelled delivery go on.", "cmctl.cli.queue_decide:release"
        ),
        Entry("cancel", "Decide that a delivery never goes out.", "cmctl.cli.queue_decide:cancel"),
        Entry(
            "confirm",
            "Say that an uncertain delivery is published.",
            "cmctl.cli.queue_decide:confirm",
        ),
        Entry(
            "retry",
            "Plan a refused or uncertain delivery once more.",
            "cmctl.cli.queue_decide:retry",
        ),
    ),
)

CHANNEL = Entry(
    "channel",
    "The accounts: what they are, whether they answer, what stands on them.",
    default="list",
    entries=(
        Entry("list", "List the channels and what each can do.", "cmctl.cli.channel:list_"),
        Entry("test", "Ask the networks who we are, changing nothing.", "cmctl.cli.channel:ask"),
        Entry("login", "Sign in to an account, and store what it gives.", "cmctl.cli.login:login"),
        Entry(
            "timeline",
            "Show what stands on an account, whoever wrote it.",
            "cmctl.cli.channel:timeline",
        ),
    ),
)

NETWORK = Entry(
    "network",
    "The networks that posts can go to.",
    default="list",
    entries=(
        Entry(
            "list",
            "List the networks that there are adapters for, and what each can do.",
            "cmctl.cli.network:list_",
        ),
    ),
)

COMMENT = Entry(
    "comment",
    "Take comments out of sight.",
    entries=(
        Entry("hide", "Hide a comment from followers.", "cmctl.cli.comment:hide"),
        Entry("unhide", "Show a hidden comment again, or approve one.", "cmctl.cli.comment:unhide"),
        Entry("delete", "Delete a comment for good.", "cmctl.cli.comment:delete"),
        Entry("log", "List who did what about comments, and when.", "cmctl.cli.comment:log"),
    ),
)

SERVICE = Entry(
    "service",
    "The systemd unit of the daemon, and the cron line of dry runs.",
    entries=(
        Entry("print", "Print the unit or the cron line.", "cmctl.cli.service:print_"),
        Entry("install", "Write the unit where systemd looks for it.", "cmctl.cli.service:install"),
    ),
)

STORE = Entry(
    "store",
    "What happened, and where it is kept: look after it, copy it, back it up.",
    default="status",
    entries=(
        Entry("status", "Show where the store is and what is in it.", "cmctl.cli.store:status"),
        Entry(
            "verify",
            "Look for damage in the store: in its file, and between its facts and its log.",
            "cmctl.cli.store:verify",
        ),
        Entry(
            "backup",
            "Write the store as it is now into a new SQLite file; a daemon goes on meanwhile.",
            "cmctl.cli.store:backup",
        ),
        Entry(
            "copy",
            "Copy a store to another place or engine, and compare every row.",
            "cmctl.cli.store:copy",
        ),
        Entry(
            "migrate",
            "Bring the store up to this version of cmctl; end its daemons before.",
            "cmctl.cli.store:migrate",
        ),
        Entry(
            "adopt",
            "Plan from the files of this machine, whatever another one planned from its own.",
            "cmctl.cli.store:adopt",
        ),
        Entry(
            "reconcile",
            "Look on the accounts for what a backup does not know, and settle what can be settled.",
            "cmctl.cli.store:reconcile",
        ),
    ),
)

SANDBOX = Entry(
    "sandbox",
    "A network of our own, on this machine, to try things on.",
    entries=(
        Entry("serve", "Serve the sandbox network until it is stopped.", "cmctl.cli.sandbox:serve"),
        Entry("post", "Post by hand, as the owner of an account would.", "cmctl.cli.sandbox:post"),
        Entry(
            "timeline",
            "Show what stands on an account of the sandbox.",
            "cmctl.cli.sandbox:timeline",
        ),
        Entry(
            "comment",
            "Comment a post, or mention an account, as a follower would.",
            "cmctl.cli.sandbox:comment",
        ),
        Entry("fault", "Make the sandbox misbehave, or behave again.", "cmctl.cli.sandbox:fault"),
    ),
)

GUARD = Entry(
    "guard",
    "Ask the guard about texts, and measure how well it judges.",
    entries=(
        Entry("compare", "Say whether two texts tell the same news.", "cmctl.cli.guard:compare"),
        Entry(
            "check",
            "Say what the guard would make of a text, before it is written down.",
            "cmctl.cli.guard:check",
        ),
        Entry(
            "scan",
            "Find everything that tells the same news twice, past and planned.",
            "cmctl.cli.guard:scan",
        ),
        Entry(
            "resolve",
            "Settle a duplicate: keep theirs, ours or both.",
            "cmctl.cli.resolve:resolve",
        ),
        Entry("eval", "Measure the guard on labelled pairs.", "cmctl.cli.guard_figures:eval_"),
        Entry(
            "replay", "Measure the guard on labelled timelines.", "cmctl.cli.guard_figures:replay"
        ),
        Entry(
            "tune",
            "Propose thresholds for a client, from what was decided about its texts.",
            "cmctl.cli.guard_tune:tune",
        ),
    ),
)

PROGRAM = Entry(
    "cmctl",
    "Keep every queued post in YAML in git, publish each one once, and never tell the same news "
    "twice.",
    entries=(
        Entry("init", "Write a new workspace.", "cmctl.cli.init:init"),
        Entry(
            "check", "Find everything that is wrong with the workspace.", "cmctl.cli.check:check"
        ),
        QUEUE,
        Entry("holds", "List what waits for a person, and what to type.", "cmctl.cli.holds:holds"),
        Entry(
            "resolve", "Settle a duplicate: keep theirs, ours or both.", "cmctl.cli.resolve:resolve"
        ),
        GUARD,
        Entry("run", "Publish what is due, then end; for cron.", "cmctl.cli.run:run"),
        Entry("daemon", "Publish and watch until stopped; for systemd.", "cmctl.cli.daemon:daemon"),
        Entry("pause", "Stop a client, a channel or everything.", "cmctl.cli.pause:pause"),
        Entry("resume", "Go on after a pause, without a burst.", "cmctl.cli.pause:resume"),
        Entry(
            "history",
            "List what went out, and what became of the rest.",
            "cmctl.cli.history:history",
        ),
        CHANNEL,
        NETWORK,
        Entry(
            "inbox",
            "List what was said to the accounts: comments and mentions.",
            "cmctl.cli.inbox:inbox",
        ),
        Entry("reply", "Answer a comment or a mention, once.", "cmctl.cli.reply:reply"),
        COMMENT,
        Entry(
            "import",
            "Take in a bulk file of another scheduler, as drafts.",
            "cmctl.cli.bulk_import:import_",
        ),
        Entry(
            "export",
            "Print what goes out, or went out, as CSV, JSON or a calendar.",
            "cmctl.cli.bulk_export:export",
        ),
        Entry("doctor", "Find what would keep posts from going out.", "cmctl.cli.doctor:doctor"),
        STORE,
        SERVICE,
        Entry("demo", "Play the owner's morning on the sandbox network.", "cmctl.cli.demo:demo"),
        SANDBOX,
    ),
)
