//! Checks of the demo issues as a whole.

use std::collections::HashSet;

use super::draft::TABLES;
use super::*;

const SEEDS: [u64; 4] = [0, 1, 42, u64::MAX];

fn for_all(check: impl Fn(usize, &IssueSeed, &[IssueSeed])) {
    for seed in SEEDS {
        let all = issues(seed);
        for (index, issue) in all.iter().enumerate() {
            check(index, issue, &all);
        }
    }
}

#[test]
fn deterministic() {
    assert_eq!(issues(7), issues(7));
    assert_ne!(issues(7), issues(8));
    assert!((300..400).contains(&issues(7).len()), "{}", issues(7).len());
}

#[test]
fn company_refers_to_itself_only() {
    let company = company();
    let logins: HashSet<_> = company.people.iter().map(|p| p.login).collect();
    assert_eq!(logins.len(), company.people.len());
    assert!(company.people.len() >= 12);
    assert_eq!(company.people.iter().filter(|p| p.level == Level::Admin).count(), 1);
    assert_eq!(company.people.iter().filter(|p| p.level == Level::ReadOnly).count(), 2);
    assert!(company.people.iter().all(|p| p.email().ends_with(".example")));
    for queue in company.queues {
        let leads = queue.components.iter().map(|c| c.lead);
        let named = leads.chain(queue.team.iter().copied()).chain([queue.lead]);
        named.for_each(|login| assert!(logins.contains(login), "{login}"));
        assert!(queue.versions.iter().all(|v| v.start_day < v.due_day));
        assert!(queue.versions.iter().all(|v| v.released == (v.due_day < 0)));
    }
}

#[test]
fn stories_name_what_exists() {
    let ids: HashSet<_> = TABLES.iter().flat_map(|(_, t)| t.iter().map(|s| s.id)).collect();
    let count: usize = TABLES.iter().map(|(_, t)| t.len()).sum();
    assert_eq!(ids.len(), count);
    assert!(count >= 60);
    for (queue, story) in TABLES.iter().flat_map(|(q, t)| t.iter().map(move |s| (*q, s))) {
        let queue = company().queues[queue];
        assert!(queue.types.contains(&story.kind), "{}", story.id);
        for name in story.components {
            assert!(queue.components.iter().any(|c| c.name == *name), "{}: {name}", story.id);
        }
        for id in [story.epic, story.parent] {
            assert!(id.is_empty() || ids.contains(id), "{}: {id}", story.id);
        }
        assert!(story.relation.is_none_or(|(_, id)| ids.contains(id)), "{}", story.id);
        let width = story.rows[0].len();
        let texts =
            [story.summary, story.text].into_iter().chain(story.talk.iter().map(|l| l.text));
        let all: String = texts.collect();
        assert!(story.rows.iter().all(|r| r.len() == width), "{}", story.id);
        for index in 0..5 {
            let inner = format!("{{{index}}}");
            assert!(!story.rows.iter().flat_map(|r| r.iter()).any(|p| p.contains(&inner)));
            assert_eq!(all.contains(&format!("{{{index}}}")), index < width, "{}", story.id);
        }
    }
}

#[test]
fn references_are_valid() {
    for_all(|index, issue, all| {
        let company = company();
        let queue = company.queues[issue.queue];
        let actors = issue.steps.iter().map(|s| s.actor);
        let speakers = issue.comments.iter().map(|c| c.author);
        let mut people: Vec<usize> = actors.chain(speakers).chain(issue.assignee).collect();
        people.extend(issue.comments.iter().flat_map(|c| c.summon.iter().copied()));
        people.push(issue.author);
        for person in people {
            let person = company.people[person];
            assert_ne!(person.level, Level::ReadOnly);
            let understands = issue.language == Language::En || person.language == Language::Ru;
            assert!(understands, "{} in {}", person.login, issue.summary);
        }
        assert!(issue.followers.iter().all(|f| *f < company.people.len()));
        assert!(!issue.components.is_empty());
        assert!(issue.components.iter().all(|c| *c < queue.components.len()));
        let mut versions = issue.fix_versions.iter().chain(&issue.affected_versions);
        assert!(versions.all(|v| *v < queue.versions.len()));
        assert!(issue.links.iter().all(|l| l.target < index));
        let targets: HashSet<_> = issue.links.iter().map(|l| l.target).collect();
        assert_eq!(targets.len(), issue.links.len(), "{}", issue.summary);
        assert!(issue.parent.is_none_or(|p| p < index && all[p].kind != "epic"));
        assert!(issue.epic.is_none_or(|e| e < index && all[e].kind == "epic"));
        assert!(issue.kind != "epic" || (issue.parent.is_none() && issue.epic.is_none()));
        let before = all[..index].iter().filter(|i| i.queue == issue.queue).count();
        assert_eq!(usize::try_from(issue.number), Ok(before + 1));
    });
}

#[test]
fn planned_relations_are_all_made() {
    let all = issues(3);
    let pairs = all.iter().filter(|i| i.description.contains("SUPPORT-")).count();
    assert!(pairs >= 20, "{pairs}");
    assert!(all.iter().filter(|i| i.parent.is_some()).count() >= 10);
    assert!(all.iter().filter(|i| i.epic.is_some()).count() >= 40);
    for kind in [LinkKind::Relates, LinkKind::DependsOn, LinkKind::Duplicates] {
        assert!(all.iter().any(|i| i.links.iter().any(|l| l.kind == kind)), "{kind:?}");
    }
}

#[test]
fn statuses_are_reachable() {
    for_all(|_, issue, _| {
        let mut status = "open";
        for step in &issue.steps {
            let to = target(issue.queue, status, step.transition);
            assert_eq!(to, Some(step.to), "{} from {status}", step.transition);
            let ends = matches!(step.to, "closed" | "resolved");
            assert_eq!(step.resolution.is_some(), ends);
            let allowed = company().queues[issue.queue].resolutions;
            assert!(step.resolution.is_none_or(|r| allowed.contains(&r)));
            status = step.to;
        }
        assert_eq!(issue.status(), status);
    });
    let all = issues(1);
    let statuses: HashSet<_> = all.iter().map(|i| (i.queue, i.status())).collect();
    assert!(statuses.len() >= 16, "{statuses:?}");
    let every = SEEDS.iter().flat_map(|seed| issues(*seed));
    let resolutions: HashSet<_> =
        every.flat_map(|i| i.steps.into_iter().filter_map(|s| s.resolution)).collect();
    assert_eq!(resolutions.len(), 5, "{resolutions:?}");
}

#[test]
fn times_run_forward_and_end_before_now() {
    for_all(|index, issue, all| {
        assert!(index == 0 || all[index - 1].created_ago >= issue.created_ago);
        assert!(issue.steps.is_sorted_by_key(|s| s.after));
        assert!(issue.comments.is_sorted_by_key(|c| c.after));
        let timeline = issue.timeline();
        assert_eq!(timeline.len(), issue.steps.len() + issue.comments.len());
        assert!(timeline.iter().all(|(after, _)| *after <= issue.created_ago));
    });
}

#[test]
fn texts_are_finished() {
    for_all(|_, issue, _| {
        let texts = [&issue.summary, &issue.description];
        for text in texts.into_iter().chain(issue.comments.iter().map(|c| &c.text)) {
            assert!(!text.trim().is_empty());
            assert!(!text.contains(['{', '}']), "{text}");
            for word in ["TODO", "lorem", "Lorem", "XXX", "  \n"] {
                assert!(!text.contains(word), "{text}");
            }
        }
        assert!(issue.summary.chars().count() <= 255);
        assert!(issue.description.chars().count() >= 120 || issue.kind == "incident");
        assert!(!issue.summary.contains('\n'));
    });
}

#[test]
fn summaries_are_mostly_unique_and_languages_mixed() {
    for seed in SEEDS {
        let all = issues(seed);
        let summaries: HashSet<_> = all.iter().map(|i| &i.summary).collect();
        assert!(summaries.len() * 100 >= all.len() * 98, "{} of {}", summaries.len(), all.len());
        let russian = all.iter().filter(|i| i.language == Language::Ru).count();
        assert!((55..=65).contains(&(russian * 100 / all.len())), "{russian} of {}", all.len());
        let commented = all.iter().filter(|i| !i.comments.is_empty()).count();
        assert!(commented * 10 >= all.len() * 6, "{commented}");
        assert!(all.iter().all(|i| i.comments.len() <= 9));
        assert!(all.iter().any(|i| i.assignee.is_none()));
    }
}

#[test]
fn the_administrator_has_work() {
    for seed in [1, 2, 3] {
        let all = issues(seed);
        let own = |i: &&IssueSeed| i.assignee == Some(0) && i.steps.is_empty();
        assert!(all.iter().filter(own).count() >= 3, "seed {seed}");
    }
}
