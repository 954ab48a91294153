//! Development stories told in English.

use super::story::{
    By::{Assignee, Author, Colleague, Lead, Tester},
    Story, done, open, work,
};
use super::types::{Group, LinkKind};

/// Development stories told in English.
pub(super) const DEV_EN: &[Story] = &[
    Story {
        id: "epic-api",
        kind: "epic",
        priority: "normal",
        components: &["API"],
        tags: &["api"],
        from: Some(Group::Management),
        summary: "Public API that partners can build on",
        text: "Partners poll us every minute because we have nothing better to offer. We want \
               webhooks for the main events, predictable paging, honest rate limits and a \
               changelog people can subscribe to.\n\n\
               Done means:\n\
               - polling traffic falls by half;\n\
               - a new partner makes the first successful call within an hour;\n\
               - no breaking change without a quarter's notice.",
        rows: &[&[]],
        talk: &[
            open(
                Assignee,
                "Split into webhooks, API fixes and the client library. Webhooks first: they \
                 remove most of the load.",
            ),
            work(Author, "Two partners volunteered for the beta. I will introduce you by mail."),
            work(
                Assignee,
                "Beta is live for both. Polling from the bigger one is down by 70 % already.",
            ),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "epic-billing",
        kind: "epic",
        priority: "normal",
        components: &["Биллинг"],
        tags: &["billing"],
        from: Some(Group::Management),
        summary: "Billing by usage",
        text: "Flat plans lose us the small shops and undercharge the large ones. Move to a \
               base fee plus a price per shipped order, with a monthly cap.\n\n\
               The scope is metering, invoices, the customer's own usage page and a way to move \
               existing customers one by one. Refunds stay manual for now.",
        rows: &[&[]],
        talk: &[
            open(
                Assignee,
                "Metering has to come first and run silently for a full month before we charge \
                 anybody.",
            ),
            open(Author, "Agreed. Finance wants to compare that month with the current invoices."),
            work(
                Assignee,
                "Metering is in production, silent mode. The difference to the order table is \
                 zero for six days in a row.",
            ),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "epic-infra",
        kind: "epic",
        priority: "critical",
        components: &["Infrastructure"],
        tags: &["reliability"],
        from: Some(Group::Management),
        summary: "Survive the loss of one site",
        text: "A power cut in spring stopped all warehouses for three hours. Every service that \
               picking depends on must run on two sites, with a switch that takes minutes and \
               that we practise.\n\n\
               Order of work: storage, queues, the web tier, then everything else. We rehearse \
               on the first Tuesday of each month.",
        rows: &[&[]],
        talk: &[
            open(
                Assignee,
                "Wrote down what picking really needs: seven services out of twenty-three. That \
                 is our list.",
            ),
            work(
                Assignee,
                "First rehearsal: 19 minutes, two of them spent looking for a password.",
            ),
            work(Lead, "Good start. Put the password into the sealed vault before the next one."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "hook",
        kind: "task",
        priority: "normal",
        points: 3,
        components: &["API"],
        tags: &["api", "webhooks"],
        epic: "epic-api",
        summary: "Webhook for {0}",
        text: "Send a webhook for {0}. Partners use it to {1}, and poll the list endpoint for \
               it today.\n\n\
               Requirements:\n\
               1. At least once, with an event id so that the receiver can drop repeats.\n\
               2. Retries for 24 hours with growing pauses.\n\
               3. The signature covers the body and the timestamp.\n\n\
               ?The payload carries ids and the changed fields only; receivers fetch the rest.",
        rows: &[
            &["a shipped order", "print customs papers"],
            &["a changed stock level", "hide sold-out goods"],
            &["a received delivery", "pay the supplier"],
            &["a cancelled order", "stop the courier"],
            &["a finished stocktake", "update their ledger"],
        ],
        talk: &[
            open(Colleague, "Do we send it inside the transaction or after commit?"),
            open(
                Assignee,
                "After commit, from the outbox table. Otherwise a rollback would leave a \
                 phantom event.",
            ),
            work(Assignee, "Works against the beta partner's endpoint. Median delay is 400 ms."),
            work(
                Tester,
                "Killed the receiver for an hour: all events arrived afterwards, in order per \
                 object.",
            ),
            work(Colleague, "Please document that order across objects is not guaranteed."),
            done(Assignee, "Documented, with an example of dropping repeats."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "api-bug",
        kind: "bug",
        priority: "normal",
        points: 2,
        components: &["API"],
        tags: &["api"],
        from: Some(Group::Support),
        epic: "epic-api",
        relation: Some((LinkKind::Relates, "sup-api")),
        summary: "API: {0}",
        text: "A partner reports that {0}. The documentation promises something else: {1}.\n\n\
               To reproduce:\n\
               ```\n\
               curl -s \"$BASE/v1/{2}?limit=50\" -H \"Authorization: Bearer $TOKEN\"\n\
               ```\n\n\
               ?It happens on the first page already, so it is not the cursor.\n\n\
               Reported in {ref}.",
        rows: &[
            &[
                "the list of orders skips rows while new ones arrive",
                "a page never loses rows that existed at its start",
                "orders",
            ],
            &[
                "dates come back without a time zone",
                "every date is in UTC with an offset",
                "deliveries",
            ],
            &[
                "an unknown filter is silently ignored",
                "unknown filters are refused with their name",
                "stock",
            ],
            &[
                "the total count includes archived items",
                "archived items are counted only on request",
                "items",
            ],
            &[
                "the limit of 1000 is accepted but 100 rows come back",
                "up to 1000 rows per page",
                "moves",
            ],
        ],
        talk: &[
            open(
                Assignee,
                "Confirmed on staging. The fix is small, but somebody may rely on the old \
                 behaviour.",
            ),
            open(Lead, "Put it behind the date-based version header and announce it."),
            work(
                Assignee,
                "Done that way: old clients see no change until they ask for the new version.",
            ),
            work(Tester, "Checked both versions, with and without the header."),
            done(Author, "The partner confirms it works. Thanks!"),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "inv",
        kind: "story",
        priority: "normal",
        points: 5,
        components: &["Биллинг"],
        tags: &["billing"],
        from: Some(Group::Management),
        epic: "epic-billing",
        summary: "As a customer I can see {0}",
        text: "A customer opens the billing page and sees {0} without asking support.\n\n\
               Acceptance:\n\
               - {1};\n\
               - numbers equal the invoice to the cent;\n\
               - the page loads within a second for a shop with a million orders.",
        rows: &[
            &["this month's usage so far", "the data is at most an hour old"],
            &["how the cap was applied", "the saved amount is shown as its own line"],
            &["past invoices as PDF", "at least the last 24 months are there"],
            &["a forecast for the rest of the month", "it is hidden during the first week"],
        ],
        talk: &[
            open(Assignee, "What do we show for shops in trial?"),
            open(Author, "The same page with a banner. No prices crossed out, please."),
            work(Assignee, "First version is on staging, with trial shops covered."),
            work(
                Tester,
                "Totals match for {n} test shops. One month with a plan change is off by one \
                 day.",
            ),
            work(Assignee, "Fixed: the change day was counted for both plans."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "site2",
        kind: "task",
        priority: "critical",
        points: 5,
        components: &["Infrastructure"],
        tags: &["reliability"],
        epic: "epic-infra",
        summary: "Run {0} on both sites",
        text: "Today {0} lives on one site only. Losing it means {1}.\n\n\
               Plan:\n\
               1. Deploy the second copy in standby.\n\
               2. Replicate and watch the lag for a week.\n\
               3. Switch over during a quiet hour, stay there for a day, switch back.\n\
               4. Write the runbook while it is fresh.",
        rows: &[
            &["the order database", "no picking at all"],
            &["the message queue", "scanners stop syncing after four hours"],
            &["the label service", "parcels pile up at the packing desk"],
            &["the login service", "nobody can start a shift"],
            &["the file store", "couriers cannot open delivery notes"],
        ],
        talk: &[
            open(Colleague, "Which side wins if the link between the sites breaks?"),
            open(
                Assignee,
                "The one with the majority of the three witnesses. The third sits at the office.",
            ),
            work(
                Assignee,
                "Lag is under a second for seven days. Switch planned for Tuesday, 06:00.",
            ),
            work(Colleague, "I will be on call with you."),
            work(Assignee, "Switched in {n} minutes, no errors seen by users. Runbook updated."),
            done(Lead, "Great work. Next rehearsal without warning the team."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "flaky",
        kind: "bug",
        priority: "minor",
        points: 2,
        components: &["API"],
        tags: &["tests", "ci"],
        summary: "Flaky test: {0}",
        text: "`{0}` fails about once in {n} runs on CI and never on a laptop. The failure \
               message: {1}.\n\n\
               My guess is {2}. Until it is fixed the test stays in the run, but a failure \
               should name this issue.",
        rows: &[
            &[
                "orders::split_by_warehouse",
                "expected 2 parts, got 3",
                "a shared sequence between parallel tests",
            ],
            &[
                "sync::offline_queue_order",
                "queue not empty after 5 s",
                "a fixed sleep instead of waiting for the event",
            ],
            &[
                "billing::month_end",
                "sum differs by one day",
                "the clock crosses midnight in another zone",
            ],
            &[
                "web::filters_in_address",
                "element is detached",
                "the list re-renders while the test clicks",
            ],
            &["labels::render_203dpi", "image differs in 14 pixels", "fonts on the runners differ"],
        ],
        talk: &[
            open(Colleague, "I saw it twice this morning, so it is getting worse."),
            work(
                Assignee,
                "Reproduced by running it 500 times with two cores. The guess was right.",
            ),
            work(Colleague, "Nice. Could the same trick hide in the neighbours?"),
            work(Assignee, "Found two more with the same pattern and fixed all of them."),
            done(Tester, "Not seen for {n} nights."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "upgrade",
        kind: "task",
        priority: "minor",
        points: 3,
        components: &["Infrastructure"],
        tags: &["dependencies"],
        summary: "Upgrade {0}",
        text: "We are two major versions behind on {0}. Support for ours ends this year, and \
               {1}.\n\n\
               Risky part: {2}. Please do it early in the cycle so that it runs on staging for \
               at least a week.",
        rows: &[
            &[
                "the database server",
                "the new planner helps our reports",
                "changed sort order for mixed alphabets",
            ],
            &[
                "the web framework",
                "security fixes no longer reach us",
                "form validation works differently",
            ],
            &[
                "the mobile build tools",
                "the app store will reject builds",
                "minimum Android version goes up",
            ],
            &[
                "the TLS library",
                "old scanners must keep working",
                "ciphers used by devices from before 2016",
            ],
        ],
        talk: &[
            open(
                Assignee,
                "Went through the release notes, {n} points concern us. List is in the merge \
                 request.",
            ),
            work(Assignee, "Staging runs the new version since Monday."),
            work(Tester, "The regression suite is green. The risky part was tested by hand."),
            work(Colleague, "Memory use is down a little, a pleasant surprise."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "a11y",
        kind: "improvement",
        priority: "minor",
        points: 2,
        components: &["Web"],
        tags: &["accessibility"],
        summary: "Accessibility: {0}",
        text: "An audit of the web client found a gap: {0}. Affected: {1}.\n\n\
               Expected behaviour follows the usual guidelines: everything reachable by \
               keyboard, visible focus, contrast of at least 4.5 to 1, names for screen readers.",
        rows: &[
            &["dialogs do not return the focus", "order card, stocktake dialog"],
            &["table headers are not announced", "all reports"],
            &["colour is the only sign of an overdue order", "order board"],
            &["the date picker cannot be used without a mouse", "filters, delivery planning"],
        ],
        talk: &[
            open(
                Colleague,
                "We have a user with a screen reader at one warehouse. Ask her to try it before \
                 we ship?",
            ),
            open(Assignee, "Yes please, that would be worth more than the checklist."),
            work(Assignee, "Implemented, keyboard path covered by a test."),
            work(Tester, "She tried it: works, and she asks for the same on the returns page."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "alert",
        kind: "task",
        priority: "normal",
        points: 2,
        components: &["Infrastructure"],
        tags: &["monitoring"],
        epic: "epic-infra",
        summary: "Alert when {0}",
        text: "Last month we learned from a customer that {0}. We should know first.\n\n\
               Signal: {1}. Page the person on call only if it lasts longer than {n} minutes, \
               otherwise a message in the channel is enough.\n\n\
               ?Link the runbook from the alert text, at 4 a.m. nobody searches the wiki.",
        rows: &[
            &["the sync queue stops draining", "the oldest message is older than 5 minutes"],
            &["label printing slows down", "the 95th percentile is above 3 seconds"],
            &["backups are incomplete", "the size differs by more than 20 % from yesterday"],
            &["a certificate is about to expire", "fewer than 14 days are left"],
            &["the replica falls behind", "the lag is above 60 seconds"],
        ],
        talk: &[
            open(
                Colleague,
                "Please do not page for the night batch, it always lags for a few minutes.",
            ),
            work(
                Assignee,
                "Excluded the batch window and replayed last month: it would have fired once, \
                 for the real incident.",
            ),
            work(Colleague, "Perfect, that is what we want."),
            done(Lead, "Rolled out. Let us review the noise in two weeks."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "leak",
        kind: "bug",
        priority: "critical",
        points: 5,
        components: &["API"],
        tags: &["performance"],
        summary: "Memory of {0} grows until restart",
        text: "The memory of {0} grows by about {n} MB an hour and the process is restarted \
               every night to hide it. Growth follows {1}.\n\n\
               A heap profile after six hours:\n\
               ```\n\
               61%  {2}\n\
               12%  connection buffers\n\
               \x209%  everything else\n\
               ```",
        rows: &[
            &[
                "the sync worker",
                "the number of scanners online",
                "sessions of devices that never said goodbye",
            ],
            &[
                "the report renderer",
                "the number of PDF exports",
                "font caches created per request",
            ],
            &[
                "the price calculator",
                "the number of different discounts",
                "compiled rules that are never dropped",
            ],
            &["the webhook sender", "slow receivers", "retry queues kept per endpoint"],
        ],
        talk: &[
            open(Assignee, "Reproduced in 20 minutes with a load script."),
            open(Colleague, "Is it a leak or a cache without a limit?"),
            work(Assignee, "The second. Added a limit and an expiry, growth is gone."),
            work(
                Colleague,
                "Approved. Let us also drop the nightly restart, or we will never know.",
            ),
            done(Assignee, "Restart removed. Flat line for four days."),
        ],
        ..Story::ENGLISH
    },
];
