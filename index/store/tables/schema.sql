-- A library. Spans are half-open and count Unicode code points of versions.text.
-- "IF NOT EXISTS": two first imports may race for the empty file, and a library of an older schema
-- gains what it lacks. 2: drafts, 3: feedback, 4: embeds, users, sessions, owner of answers,
-- 5: keys, 6: withdrawals, origins, folders, sketches, feeds, pages, 7: conversations, turns,
-- withdrawals by version, removals, edits, digests.

CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY, latest INTEGER NOT NULL, present INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS versions (
    article_id TEXT NOT NULL, version INTEGER NOT NULL, title TEXT, outlet TEXT, source TEXT,
    url TEXT, published TEXT, language TEXT, text TEXT NOT NULL, added_at TEXT NOT NULL,
    PRIMARY KEY (article_id, version)
) STRICT;
-- Where the pages of an article begin that has any: JSON, [[offset, page], ...].
CREATE TABLE IF NOT EXISTS pages (
    article_id TEXT NOT NULL, version INTEGER NOT NULL, begins TEXT NOT NULL,
    PRIMARY KEY (article_id, version)
) STRICT;
CREATE TRIGGER IF NOT EXISTS pages_go_with_versions AFTER DELETE ON versions BEGIN
    DELETE FROM pages WHERE article_id = old.article_id AND version = old.version;
END;
CREATE TABLE IF NOT EXISTS passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, article_id TEXT NOT NULL, version INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, vector BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS passages_of_article ON passages (article_id);
-- Vectors of the encoder that the library is being moved to; empty otherwise.
CREATE TABLE IF NOT EXISTS drafts (
    passage_id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, vector BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS answers (
    id TEXT PRIMARY KEY, created_at TEXT NOT NULL, body TEXT NOT NULL,
    owner TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS citations (
    answer_id TEXT NOT NULL, n INTEGER NOT NULL, article_id TEXT NOT NULL,
    version INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (answer_id, n)
) STRICT;
CREATE INDEX IF NOT EXISTS citations_of_article ON citations (article_id, version);
-- Versions that were taken out of the collection and can be put back; a retraction has a reason.
CREATE TABLE IF NOT EXISTS withdrawals (
    article_id TEXT NOT NULL, version INTEGER NOT NULL, at TEXT NOT NULL, reason TEXT,
    PRIMARY KEY (article_id, version)
) STRICT, WITHOUT ROWID;
-- Articles that somebody removed, which their files do not bring back as they were: `seal` is a
-- digest of what the file said.
CREATE TABLE IF NOT EXISTS removals (
    article_id TEXT PRIMARY KEY, seal TEXT NOT NULL, at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- What somebody set by hand: `value` stands in place of `was`, which the source says.
CREATE TABLE IF NOT EXISTS edits (
    article_id TEXT NOT NULL, field TEXT NOT NULL, value TEXT, was TEXT, at TEXT NOT NULL,
    PRIMARY KEY (article_id, field)
) STRICT, WITHOUT ROWID;
-- One for each answer: the newest replaces what was said before.
CREATE TABLE IF NOT EXISTS feedback (
    answer_id TEXT PRIMARY KEY, created_at TEXT NOT NULL, helpful INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;
-- Who may ask from pages of other sites; origins and filters are JSON, a revoked one stays.
CREATE TABLE IF NOT EXISTS embeds (
    id TEXT PRIMARY KEY, label TEXT NOT NULL, origins TEXT NOT NULL, filters TEXT NOT NULL,
    per_client INTEGER NOT NULL, per_minute INTEGER NOT NULL, greeting TEXT, language TEXT,
    created_at TEXT NOT NULL, revoked_at TEXT
) STRICT;
-- `password` is an argon2 hash; names are kept as `accounts.user_name` writes them.
CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL, created_at TEXT NOT NULL
) STRICT;
-- `token` is the SHA-256 of what the browser holds, `expires` a Unix time in seconds.
CREATE TABLE IF NOT EXISTS sessions (
    token TEXT PRIMARY KEY, user TEXT NOT NULL, expires INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_of_user ON sessions (user);
-- At most one key for each user, by which programs ask; `key` is the SHA-256 of what they send.
CREATE TABLE IF NOT EXISTS keys (
    user TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL
) STRICT;
-- Which file of a folder that is followed an article came from, as which version; `file` is its
-- absolute path.
CREATE TABLE IF NOT EXISTS origins (
    file TEXT NOT NULL, article_id TEXT NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (file, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS origins_of_article ON origins (article_id);
-- What came of following a folder last; `state` is JSON.
CREATE TABLE IF NOT EXISTS folders (path TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
-- What an article's version is like (`corpus.text.copies`), and the report that it copies: the
-- article and version in which that was seen first.
CREATE TABLE IF NOT EXISTS sketches (
    article_id TEXT PRIMARY KEY, version INTEGER NOT NULL, report TEXT NOT NULL,
    sketch BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sketches_of_report ON sketches (report);
-- `due` is the Unix time in seconds when a feed is to be fetched next; `etag` and `modified` are what
-- its server gave with the last state of which nothing is left to be fetched; `report` is JSON.
CREATE TABLE IF NOT EXISTS feeds (
    url TEXT PRIMARY KEY, every INTEGER NOT NULL, added_at TEXT NOT NULL, due INTEGER NOT NULL,
    fetched_at TEXT, etag TEXT, modified TEXT, report TEXT, error TEXT,
    failures INTEGER NOT NULL DEFAULT 0
) STRICT;
-- What feeds have named: `seal` is a digest of what was said, `article_id` what came of it;
-- `failures` counts attempts that came to nothing.
CREATE TABLE IF NOT EXISTS feed_items (
    name TEXT PRIMARY KEY, feed TEXT NOT NULL, seal TEXT NOT NULL, article_id TEXT,
    failures INTEGER NOT NULL, seen_at TEXT NOT NULL
) STRICT;
-- Conversations of the chat: `name` is `NULL` until somebody gives one, `words` are those of the name
-- as they are looked for; `asked_at` is an ISO time in UTC.
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT, words TEXT NOT NULL DEFAULT '',
    asked_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS conversations_of_owner ON conversations (owner, asked_at);
CREATE INDEX IF NOT EXISTS conversations_by_time ON conversations (asked_at);
-- The saved answers of a conversation in the order of `n`; `words` are those of the question.
CREATE TABLE IF NOT EXISTS turns (
    n INTEGER PRIMARY KEY AUTOINCREMENT, conversation_id TEXT NOT NULL,
    answer_id TEXT NOT NULL UNIQUE, words TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS turns_of_conversation ON turns (conversation_id, n);
-- A digest of every row of the other tables (`index/store/connection.py`); `key` is its primary key.
CREATE TABLE IF NOT EXISTS digests (
    of TEXT NOT NULL, key TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (of, key)
) STRICT, WITHOUT ROWID;
