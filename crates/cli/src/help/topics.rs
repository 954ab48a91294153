//! Texts of `trackway help TOPIC`, and of `trackway` alone.

const EXIT_CODES: &str = "\
0    done
1    failed for another reason
2    wrong usage (unknown flag, bad value, query error)
3    confirmation needed and not given, or cancelled
4    not signed in, token expired or refused
5    signed in but not permitted
6    not found
7    conflict: changed by somebody since it was read
8    rejected by rules (workflow, required field, limit)
9    rate limited, after retries
10   server or network not reachable
11   partly done (bulk): the report says which
130  interrupted";

const ENVIRONMENT: &str = "\
TRACKWAY_PROFILE        profile of the configuration
TRACKWAY_SERVER         address of the server (also TRACKWAY_BASE_URL)
TRACKWAY_ORG_ID         organisation (TRACKWAY_CLOUD_ORG_ID for its cloud id)
TRACKWAY_TOKEN_FILE     file with the token
TRACKWAY_TOKEN          token
TRACKWAY_QUEUE          default queue
TRACKWAY_AUTH_STORAGE   where tokens are kept: auto, keychain or file
TRACKWAY_CONFIG_DIR     folder of the configuration
TRACKWAY_NO_INPUT       never ask
TRACKWAY_LANG           language: en or ru
TRACKWAY_AGENT          write for an agent
TRACKWAY_ISSUE          the issue that is meant where none is given
TRACKWAY_EDITOR         editor, before VISUAL and EDITOR
TRACKWAY_BROWSER        browser, before BROWSER
TRACKWAY_ASCII          only ASCII
TRACKWAY_DEBUG          api: show requests
NO_COLOR, CLICOLOR_FORCE, HTTPS_PROXY, NO_PROXY as usual";

const FORMATTING: &str = "\
-o table      columns under a heading; the default on a terminal
-o plain      tab separated, nothing cut; the default in a pipe
-o json       one document, the same as --json; --raw for the server's form
-o jsonl      one document a line
-o csv, md    for spreadsheets and documents
-o keys, urls for other commands: … -o keys | trackway bulk edit --keys - …
--fields      key,status.name,assignee.id
--jq          '.[] | \"\\(.key)\\t\\(.status.name)\"'
--template    '{key} {updatedAt} {summary:trunc 60}'; also pad N, upper, lower";

const JSON: &str = "\
--json prints one object or a list of objects; what it is made of stays, what is new is added:
references     {\"key\": …, \"name\": …}, of people and other things without a key {\"id\": …, \"name\": …}
times          RFC 3339 in UTC; days 2026-11-30
issues         have their \"url\"
--fields a,b.c only these members      --envelope {\"items\": […], \"total\": …}
--raw          what the server said    --jq EXPRESSION filters, texts are printed raw
Failures are printed to standard error as {\"error\": {\"code\", \"message\", \"details\", \"hint\"}}.

trackway help json issue   a JSON Schema; also of attachment, board, change, comment, queue, sprint,
                           user and worklog";

const QUERY: &str = "\
Queue: DEV Assignee: me() Resolution: empty()      conditions side by side must all hold
Status: Open, \"In progress\"                       one of several
Priority: !Minor                                   not
Created: >today()-\"7d\"   Deadline: week()          times
(Type: Bug OR Tags: urgent) AND Followers: me()    brackets, AND, OR
Summary: \"lost files\"                             words
\"Sort By\": Priority DESC, Updated ASC             order

trackway query check 'TEXT'    points at errors, counts what is found
trackway query fields NAME     fields of the organisation
trackway query functions       functions";

const DATES: &str = "\
2026-11-24, today, now, -7d, week, month
2026-11-01..2026-11-30      from, to
after:2026-11-01  before:today  '>2026-11-01'
durations: 1w 2d 3h 30m, 1.5h, 1н 2д, PT3H; a week is 5 days of 8 hours";

const PROFILES: &str = "\
A profile is a server and an organisation, seen through an account. `trackway auth login SERVER` makes
one; `trackway profile use NAME` or -P NAME chooses. Values come from, in this order: flags,
environment, .trackway.toml of the repository, the configuration. `trackway config explain` tells which.

.trackway.toml holds profile, queue, branch = \"{key}-{slug}\", start_status, done_status; no server and
no token, so that a cloned repository cannot lead a token elsewhere.

Tokens lie in the keychain of the system (secret-tool, security on macOS, the Credential Manager of
Windows); where there is none that answers, in tokens.json beside the configuration, which only you can
read. auth.storage of the configuration chooses: auto, keychain or file.";

const AGENTS: &str = "\
trackway help --agent          all commands on one screen
TRACKWAY_AGENT=1 or --agent    never asks, no colour, the words of others between fences
trackway help --verbs          every command with R, W or D
trackway help --allowlist claude-code --read-only    permissions for settings.json
--json --fields key,status.name, --jq, -o keys       small answers
-n                             shows what a change would send
trackway help exit-codes       tells failures apart
Find: trackway issue list -k DEV -a me --open -o plain
Read: trackway issue view DEV-1
Change: trackway issue edit DEV-1 -p critical; trackway issue transition DEV-1 --list
Undo: trackway undo";

/// Topics that are explained.
pub(super) const TOPICS: [(&str, &str); 8] = [
    ("exit-codes", EXIT_CODES),
    ("environment", ENVIRONMENT),
    ("formatting", FORMATTING),
    ("json", JSON),
    ("query", QUERY),
    ("dates", DATES),
    ("profiles", PROFILES),
    ("agents", AGENTS),
];

/// What the program says when it is called without a word.
pub(super) const WELCOME: &str = "\
trackway: an open issue tracker and its command line

  trackway auth login SERVER      sign in with a code that is entered in the browser
  trackway my                     what there is to do
  trackway issue list -k DEV      find issues; flags teach the query language
  trackway issue view DEV-1       look at one
  trackway issue create 'Text'    make one
  trackway issue close DEV-1      close it; trackway undo takes that back
  trackway serve --demo           run a server with invented data

trackway --help lists everything, trackway help TOPIC explains,
trackway doctor finds what is wrong with a set-up.";
