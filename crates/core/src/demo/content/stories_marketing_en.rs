//! Marketing stories told in English.

use super::story::{
    By::{Assignee, Author, Colleague, Lead},
    Story, done, open, work,
};

/// Marketing stories told in English.
pub(super) const MARKETING_EN: &[Story] = &[
    Story {
        id: "mk-land",
        kind: "task",
        priority: "normal",
        points: 3,
        components: &["Сайт"],
        tags: &["website"],
        summary: "English page \"{0}\"",
        text: "We need the English page \"{0}\". It is not a translation: readers there {1}.\n\n\
               Contents: a headline under eight words, one product picture, three numbers with \
               sources, a customer quote and a short form. Keep it under a 30-second read.",
        rows: &[
            &["Warehouse software for growing shops", "compare five vendors in one evening"],
            &["Partner programme", "want to see the commission first"],
            &["Security and privacy", "send the link to their lawyers"],
            &["Switching from spreadsheets", "fear the migration more than the price"],
        ],
        talk: &[
            open(Assignee, "Draft is in the shared document. The headline has nine words, I know."),
            open(Colleague, "\"Know where everything is\" would be five."),
            work(Assignee, "Taken, thank you! Numbers now have sources too."),
            work(Lead, "Good. Ask support for one real screenshot instead of the mock-up."),
            done(Assignee, "Published. First request came from Portugal."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "mk-webinar",
        kind: "project",
        priority: "normal",
        points: 3,
        components: &["Мероприятия"],
        tags: &["webinar"],
        summary: "Webinar: {0}",
        text: "A 40-minute webinar: {0}. Speaker is {1}, plus ten minutes of questions.\n\n\
               To do:\n\
               - registration page and two reminders;\n\
               - rehearsal two days before;\n\
               - recording with chapters;\n\
               - follow-up mail with the slides.\n\n\
               Goal: {n} qualified conversations afterwards.",
        rows: &[
            &["From paper to terminals in two weeks", "our head of support"],
            &["Webhooks in practice", "one of the API developers"],
            &["Stocktake without closing the doors", "a customer's warehouse manager"],
            &["What an hour of downtime costs", "our reliability engineer"],
        ],
        talk: &[
            open(Assignee, "Date is fixed, the speaker agreed."),
            open(
                Colleague,
                "The rehearsal room has no good microphone, take the one from the office studio.",
            ),
            work(Assignee, "Rehearsal done. We cut four slides."),
            done(Assignee, "112 registered, 64 came, most stayed until the end."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "mk-compare",
        kind: "task",
        priority: "minor",
        points: 2,
        components: &["Блог"],
        tags: &["research"],
        summary: "Research: {0}",
        text: "Short research note for sales and product: {0}. Method: {1}.\n\n\
               Two pages, facts first, opinions marked as such. Sources at the end so that the \
               numbers survive the first question.",
        rows: &[
            &["why trial users leave in the first week", "ten interviews and the event log"],
            &["what shops pay for picking errors", "survey of {nn} owners"],
            &["which integrations people ask for", "support tickets of the last year"],
            &["how new customers found us", "a single question in the sign-up form"],
        ],
        talk: &[
            open(Assignee, "Interviews are booked, three already done."),
            work(Assignee, "Early finding: people stop at the product import, not at the price."),
            work(Colleague, "That matches what we see in support."),
            work(Lead, "Very useful. Could you present it on Monday?"),
            done(Assignee, "Presented, the note is in the shared folder."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "mk-news",
        kind: "task",
        priority: "normal",
        points: 1,
        components: &["Рассылки"],
        tags: &["newsletter"],
        summary: "Partner newsletter: {0}",
        text: "Issue of the partner newsletter, topic: {0}. Audience: integrators and \
               consultants, about {nn} readers.\n\n\
               Three items at most, each with one link: {1}, a customer number and a date to \
               remember.",
        rows: &[
            &["webhooks are in beta", "how to join the beta"],
            &["new price model", "the calculator"],
            &["the mobile app for warehouses", "the demo video"],
            &["API version policy", "the changelog feed"],
        ],
        talk: &[
            open(Assignee, "Text is ready for review."),
            open(Colleague, "One correction: the beta is open for ten partners, not twenty."),
            work(Assignee, "Corrected and scheduled for Tuesday."),
            done(Assignee, "Sent. 44 % opened it, six replies with questions."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "mk-video",
        kind: "task",
        priority: "minor",
        points: 3,
        components: &["Дизайн"],
        tags: &["video"],
        summary: "Short video: {0}",
        text: "A video of {1} seconds: {0}. No narrator, captions only, so that it works \
               without sound and in both languages.\n\n\
               Shot in the training warehouse with real terminals. {2}.",
        rows: &[
            &[
                "one order from click to courier",
                "45",
                "Use the red crates, they look best on camera",
            ],
            &["counting a shelf in half a minute", "30", "Show the scanner's screen in a corner"],
            &["what happens when the network is gone", "60", "Switch the router off on camera"],
            &["returning a parcel", "30", "Show the label close up"],
        ],
        talk: &[
            open(Assignee, "Storyboard is in the folder, six scenes."),
            open(Author, "Scene four is my favourite. Could it come first?"),
            work(Assignee, "Moved it, and it is indeed better."),
            work(
                Colleague,
                "The terminal in scene two runs last year's version, please reshoot it.",
            ),
            done(Assignee, "Reshot and published, captions in two languages."),
        ],
        ..Story::ENGLISH
    },
    Story {
        id: "mk-brand",
        kind: "task",
        priority: "trivial",
        points: 1,
        components: &["Дизайн"],
        tags: &["brand"],
        summary: "Brand clean-up: {0}",
        text: "Our old look is still around: {0}. Found by {1}.\n\n\
               Please replace it with the current style and note the place in the inventory, so \
               that we find it the next time we change something.",
        rows: &[
            &["invoice footer with the previous logo", "an accountant who liked it better"],
            &["icons in the mobile app", "a new colleague on the first day"],
            &["slides with the wrong blue", "a partner, politely"],
            &["the printed quick-start card", "support, in a customer's box"],
        ],
        talk: &[
            open(Assignee, "Found two more places while looking for the file."),
            work(Assignee, "All replaced. The inventory has 17 entries now."),
            done(Author, "Thanks, it looks like one company again."),
        ],
        ..Story::ENGLISH
    },
];
