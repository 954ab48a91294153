//! Support stories told in English.

use super::story::{
    By::{Assignee, Author, Colleague, Lead},
    Story, done, open, work,
};

/// Support stories told in English.
pub(super) const SUPPORT_EN: &[Story] = &[
    Story {
        id: "sup-api",
        kind: "incident",
        priority: "normal",
        components: &["Обмен данными"],
        tags: &["api", "partner"],
        summary: "Partner question about the API: {0}",
        text: "The integrator of {client} writes that {0}. They quote our documentation and \
               seem to be right.\n\n\
               What they do: {1}. I reproduced it with their example, request id {nn}.\n\n\
               They can live with a workaround for about two weeks.",
        rows: &[
            &["pages of orders skip rows", "a full sync every night"],
            &["dates have no time zone", "planning of deliveries in three countries"],
            &["a mistyped filter returns everything", "a daily stock export"],
            &["the total does not match the rows", "a progress bar in their import"],
            &["only 100 rows arrive per page", "a migration with millions of moves"],
        ],
        talk: &[
            open(
                Assignee,
                "Sent them a workaround and told them we are checking with development.",
            ),
            open(Author, "They say the workaround is fine for now but would like a date."),
            work(Colleague, "It is a bug on our side, the fix is in review."),
            work(Assignee, "Passed on. They offered to test on staging."),
            done(Author, "Confirmed by the integrator, closing."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "sup-login",
        kind: "incident",
        priority: "critical",
        rounds: 2,
        components: &["Доступ"],
        tags: &["access"],
        summary: "{client}: users cannot sign in {0}",
        text: "Since this morning users of {client} cannot sign in {0}. {1} people are \
               affected, the warehouse works on paper.\n\n\
               Checked so far:\n\
               - our status page is green;\n\
               - other customers sign in normally;\n\
               - {2}.",
        rows: &[
            &["with single sign-on", "All", "their certificate expired last night"],
            &[
                "from the new office",
                "About twenty",
                "the office address is not on their allow list",
            ],
            &["after the password change", "Six", "the new passwords contain a space at the end"],
            &["on the shared terminal", "Two shifts of", "the device clock is a day behind"],
        ],
        talk: &[
            open(
                Assignee,
                "Called them back, the cause looks likely. Waiting for their administrator.",
            ),
            open(Author, "He is in the data centre, expects ten minutes."),
            work(Assignee, "Fixed on their side, first users are in."),
            work(
                Lead,
                "Could we show a clearer message in this case? Please file it for the product \
                 team.",
            ),
            done(Assignee, "All signed in. Sent a short summary to the customer."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "sup-carrier",
        kind: "incident",
        priority: "normal",
        rounds: 2,
        components: &["Обмен данными"],
        tags: &["delivery"],
        summary: "Carrier statuses stuck for {client}",
        text: "Parcels of {client} stay in status \"{0}\" although {1}. It concerns {n} parcels \
               from the last two days.\n\n\
               The carrier's own page shows the right status, so the problem is between us. \
               Shop owners see the old status and call their customers for nothing.",
        rows: &[
            &["handed over", "the courier has delivered them"],
            &["in transit", "they were returned to the sender"],
            &["waiting for pickup", "the recipient collected them"],
            &["label printed", "they left the warehouse yesterday"],
        ],
        talk: &[
            open(
                Colleague,
                "Their status file was empty twice last night, we skipped it without an alarm.",
            ),
            open(Assignee, "Asked the carrier to resend both files."),
            work(Assignee, "Files arrived and were imported. All parcels but one are right now."),
            work(Author, "The last one was scanned with a wrong number, corrected by hand."),
            done(Assignee, "No stuck parcels today, closing."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "sup-onboard",
        kind: "task",
        priority: "normal",
        rounds: 2,
        components: &["Личный кабинет"],
        tags: &["onboarding"],
        summary: "Onboarding {client}: {0}",
        text: "Onboarding step for {client}: {0}. Contact on their side is the {1}.\n\n\
               Outcome we need: {2}. Please keep notes here so that anybody can take over.",
        rows: &[
            &["kick-off call", "warehouse manager", "a list of processes and a date for the pilot"],
            &["product import", "e-commerce lead", "all items with barcodes and sizes"],
            &[
                "printer and scanner check",
                "IT technician",
                "one label printed and scanned at every desk",
            ],
            &["pilot week", "shift leader", "under 1 % difference in stock after five days"],
            &["go-live weekend", "head of operations", "the old system is read-only on Monday"],
        ],
        talk: &[
            open(Assignee, "Call is booked. I sent the checklist in advance."),
            work(Author, "Their lead is on holiday next week, so we should finish before Friday."),
            work(Assignee, "Done with two open questions: bundles and serial numbers."),
            work(
                Colleague,
                "Bundles are supported, serial numbers only for received goods. I can join the \
                 call.",
            ),
            done(Assignee, "Finished, customer is happy with the pace."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "sup-data",
        kind: "serviceRequest",
        priority: "normal",
        rounds: 2,
        components: &["Личный кабинет"],
        tags: &["data"],
        summary: "Data request from {client}: {0}",
        text: "{client} asks us to {0}. Reason: {1}.\n\n\
               The request came from the account owner and is covered by the contract. Deliver \
               through the file store, never by mail.",
        rows: &[
            &["export all stock moves of last year", "annual audit"],
            &["correct the unit of {nn} items from boxes to pieces", "wrong import at the start"],
            &["merge two supplier records", "the suppliers merged"],
            &["delete personal data of a former employee", "a request under privacy law"],
            &["restore an order deleted by mistake", "a dispute with a courier"],
        ],
        talk: &[
            open(Lead, "Please have a second person check the result before it goes out."),
            open(Assignee, "Prepared on a copy first. {@colleague}, could you check the numbers?"),
            work(Colleague, "Checked a sample of thirty, all right."),
            work(Assignee, "Delivered, the link expires in seven days."),
            done(Author, "Owner confirmed receipt."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "sup-feature",
        kind: "changeRequest",
        priority: "minor",
        components: &["Личный кабинет"],
        tags: &["feature request"],
        summary: "Feature request: {0}",
        text: "{client} would like {0}. Their story: {1}.\n\n\
               Today they {2}. Asked by {n} customers this year, mostly shops with more than \
               one warehouse.",
        rows: &[
            &[
                "a dark theme on terminals",
                "the night shift is dazzled",
                "turn the brightness down and miss messages",
            ],
            &[
                "a reorder point per warehouse",
                "the small one always runs dry",
                "keep a spreadsheet",
            ],
            &["photos of damaged parcels", "couriers deny everything", "use private phones"],
            &["a shared note on an order", "shifts hand over by shouting", "put stickers on boxes"],
        ],
        talk: &[
            open(Assignee, "Thanked them and explained how we choose. No promise given."),
            open(Colleague, "We could do a small version quickly. Let us talk on Thursday."),
            work(Colleague, "The small version is planned, I will link it once it exists."),
            done(Assignee, "Told the customer, they are delighted."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "sup-sla",
        kind: "incident",
        priority: "blocker",
        components: &["Личный кабинет"],
        tags: &["outage"],
        summary: "{0} slow or unavailable for several customers",
        text: "Since {1} several customers report that {0} is slow or unavailable. First report \
               from {client}, then {n} more within half an hour.\n\n\
               Status page updated. Next update every 30 minutes until it is over.",
        rows: &[
            &["Picking", "10:05"],
            &["Label printing", "14:20"],
            &["The customer portal", "08:45"],
            &["Stock sync", "16:30"],
        ],
        talk: &[
            open(Colleague, "On it. Error rate jumped on one node, taking it out of rotation."),
            open(Assignee, "Status page says \"identified\"."),
            work(Colleague, "Node replaced, error rate is normal. Watching for an hour."),
            work(Assignee, "No new reports. Two customers confirmed."),
            done(Lead, "Review on Wednesday. Please add your times to the timeline before that."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "sup-train",
        kind: "serviceRequest",
        priority: "minor",
        components: &["Терминалы"],
        tags: &["training"],
        summary: "Training for {client}: {0}",
        text: "{client} asks for a training session: {0}. Audience: {1} people, half of them \
               new.\n\n\
               Format is a video call of {2} minutes with their own data in the sandbox. Send \
               the recording afterwards.",
        rows: &[
            &["stocktake without stopping work", "8", "60"],
            &["returns and damaged goods", "5", "45"],
            &["reports for managers", "4", "45"],
            &["wave picking with terminals", "12", "90"],
        ],
        talk: &[
            open(Assignee, "Proposed two slots, waiting for their answer."),
            open(Author, "They take the second one."),
            work(Assignee, "Sandbox is ready with a copy of their items."),
            done(Assignee, "Went well, lots of questions about shortcuts. Recording sent."),
        ],
        ..Story::ENGLISH
    },
];
