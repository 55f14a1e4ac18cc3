-- +goose Up
-- Times are microseconds since 1970 UTC; 0 means "not yet". Flags are 0 or 1.
-- {{serial}} and {{blob}} are filled in by dialect.go; all else is the same text for both databases.

-- What the schema says about itself: oldest_binary names the oldest release that may use it.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO meta (name, value) VALUES ('oldest_binary', '0.1.0');

CREATE TABLE reporters (
    id         {{serial}},
    ident      TEXT   NOT NULL UNIQUE, -- scheme and the network's own stable id
    handle     TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    url        TEXT   NOT NULL,
    since      BIGINT NOT NULL,
    staff      INTEGER NOT NULL,
    opted_out  INTEGER NOT NULL DEFAULT 0, -- asked to hear no more from us
    created_at BIGINT NOT NULL
);

-- Reports are facts and never change. What is thought of them stands in judgements.
CREATE TABLE reports (
    id          {{serial}},
    channel     TEXT   NOT NULL,
    external_id TEXT   NOT NULL,
    thread      TEXT   NOT NULL,
    reply_to    TEXT   NOT NULL,
    reporter_id BIGINT NOT NULL REFERENCES reporters (id),
    at          BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    title       TEXT   NOT NULL,
    text        TEXT   NOT NULL,
    lang        TEXT   NOT NULL,
    url         TEXT   NOT NULL,
    route       TEXT   NOT NULL,
    UNIQUE (channel, external_id)
);
CREATE INDEX reports_at ON reports (at);
CREATE INDEX reports_channel ON reports (channel, id);
CREATE INDEX reports_reporter ON reports (reporter_id);

CREATE TABLE raws (report_id BIGINT PRIMARY KEY REFERENCES reports (id), markup TEXT NOT NULL, raw TEXT NOT NULL);

-- Reports that triage has not seen. A row leaves in the transaction that stores its judgement,
-- so nothing depends on the order in which other transactions commit.
CREATE TABLE inbox (report_id BIGINT PRIMARY KEY REFERENCES reports (id));

CREATE TABLE incidents (
    id             {{serial}},
    ident          TEXT   NOT NULL UNIQUE, -- triage's key
    kind           TEXT   NOT NULL,
    tier           TEXT   NOT NULL,
    title          TEXT   NOT NULL,
    area           TEXT   NOT NULL,
    verdict        TEXT   NOT NULL DEFAULT '',
    verdict_reason TEXT   NOT NULL DEFAULT '',
    duplicate_of   BIGINT NOT NULL DEFAULT 0,
    cause          TEXT   NOT NULL DEFAULT '',
    phase          TEXT   NOT NULL DEFAULT '',
    severity       INTEGER NOT NULL,
    first_seen     BIGINT NOT NULL,
    last_seen      BIGINT NOT NULL,
    reports        INTEGER NOT NULL,
    people         INTEGER NOT NULL,
    explanation    TEXT   NOT NULL,
    restricted     INTEGER NOT NULL DEFAULT 0,
    edited         INTEGER NOT NULL DEFAULT 0, -- a person set title, area or severity: triage leaves them alone
    opened_at      BIGINT NOT NULL,
    verdict_at     BIGINT NOT NULL DEFAULT 0,
    next_update_at BIGINT NOT NULL DEFAULT 0,
    closed_at      BIGINT NOT NULL DEFAULT 0,
    turn           BIGINT NOT NULL DEFAULT 0 -- raised by each decision, so that no two are taken on the same ground
);
CREATE INDEX incidents_open ON incidents (id) WHERE closed_at = 0;
CREATE INDEX incidents_duplicate ON incidents (duplicate_of);

CREATE TABLE judgements (
    report_id   BIGINT PRIMARY KEY REFERENCES reports (id),
    cluster     TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    incident_id BIGINT REFERENCES incidents (id),
    sure        INTEGER NOT NULL,
    judge       TEXT   NOT NULL -- 'tocsin', or the user whose word triage must not overwrite
);
CREATE INDEX judgements_incident ON judgements (incident_id, report_id) WHERE incident_id IS NOT NULL;

CREATE TABLE checks (
    id          {{serial}},
    incident_id BIGINT NOT NULL REFERENCES incidents (id),
    item        TEXT   NOT NULL,
    outcome     TEXT   NOT NULL,
    note        TEXT   NOT NULL,
    actor       TEXT   NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX checks_incident ON checks (incident_id);

CREATE TABLE events (
    id          {{serial}},
    incident_id BIGINT NOT NULL REFERENCES incidents (id),
    at          BIGINT NOT NULL,
    actor       TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    text        TEXT   NOT NULL
);
CREATE INDEX events_incident ON events (incident_id, id);

-- What people edit. The body is JSON of the type of the same name in the root package.
CREATE TABLE areas (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE policies (name TEXT PRIMARY KEY, body TEXT NOT NULL);
-- The names that came from the configuration once. They are not seeded again, so what people deleted stays away.
CREATE TABLE seeds (kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name));

CREATE TABLE pages (
    id          {{serial}},
    incident_id BIGINT NOT NULL REFERENCES incidents (id),
    tier        TEXT   NOT NULL,
    policy      TEXT   NOT NULL,
    step        INTEGER NOT NULL,
    state       TEXT   NOT NULL,
    actor       TEXT   NOT NULL DEFAULT '',
    opened_at   BIGINT NOT NULL,
    acked_at    BIGINT NOT NULL DEFAULT 0,
    next_at     BIGINT NOT NULL DEFAULT 0,
    closed_at   BIGINT NOT NULL DEFAULT 0,
    UNIQUE (incident_id, tier) -- an incident rings once, however it grows
);

CREATE TABLE notices (
    id          {{serial}},
    page_id     BIGINT NOT NULL REFERENCES pages (id),
    step        INTEGER NOT NULL,
    channel     TEXT   NOT NULL,
    target      TEXT   NOT NULL,
    idem_key    TEXT   NOT NULL UNIQUE,
    state       TEXT   NOT NULL,
    external_id TEXT   NOT NULL DEFAULT '',
    reason      TEXT   NOT NULL DEFAULT '',
    attempts    INTEGER NOT NULL DEFAULT 0,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX notices_page ON notices (page_id);
CREATE INDEX notices_external ON notices (channel, external_id) WHERE external_id <> '';

CREATE TABLE updates (
    id             {{serial}},
    incident_id    BIGINT NOT NULL REFERENCES incidents (id),
    kind           TEXT   NOT NULL,
    text           TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    author         TEXT   NOT NULL,
    approver       TEXT   NOT NULL DEFAULT '',
    bypass         TEXT   NOT NULL DEFAULT '',
    corrects       BIGINT NOT NULL DEFAULT 0,
    next_update_at BIGINT NOT NULL DEFAULT 0,
    created_at     BIGINT NOT NULL,
    edited_at      BIGINT NOT NULL,
    approved_at    BIGINT NOT NULL DEFAULT 0,
    send_at        BIGINT NOT NULL DEFAULT 0,
    done_at        BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX updates_incident ON updates (incident_id);

-- The outbox and the ledger: one row for each person and update.
CREATE TABLE deliveries (
    id          {{serial}},
    update_id   BIGINT NOT NULL REFERENCES updates (id),
    incident_id BIGINT NOT NULL REFERENCES incidents (id),
    channel     TEXT   NOT NULL,
    report_id   BIGINT REFERENCES reports (id),   -- NULL for a public post
    reporter_id BIGINT REFERENCES reporters (id), -- NULL for a public post
    idem_key    TEXT   NOT NULL UNIQUE,
    state       TEXT   NOT NULL,
    reason      TEXT   NOT NULL DEFAULT '',
    external_id TEXT   NOT NULL DEFAULT '',
    url         TEXT   NOT NULL DEFAULT '',
    attempts    INTEGER NOT NULL DEFAULT 0,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX deliveries_update ON deliveries (update_id, id);
CREATE INDEX deliveries_incident ON deliveries (incident_id, id);
CREATE INDEX deliveries_reporter ON deliveries (reporter_id, incident_id);
CREATE INDEX deliveries_state ON deliveries (state, id);
CREATE INDEX deliveries_open ON deliveries (update_id, updated_at) WHERE state IN ('pending', 'sending', 'unknown');
CREATE INDEX deliveries_external ON deliveries (channel, external_id) WHERE external_id <> '';

CREATE TABLE cursors (channel TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at BIGINT NOT NULL);
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL);

CREATE TABLE rejections (
    id          {{serial}},
    channel     TEXT   NOT NULL,
    external_id TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    detail      TEXT   NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX rejections_at ON rejections (at);
-- What is pulled again is rejected again, and told once.
CREATE UNIQUE INDEX rejections_once ON rejections (channel, external_id, reason) WHERE external_id <> '';

CREATE TABLE tokens (
    id         {{serial}},
    actor      TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    hash       TEXT   NOT NULL UNIQUE, -- SHA-256 of the secret, which has 256 random bits
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL DEFAULT 0
);

-- Answers to calls that carried an Idempotency-Key, kept 24 h. status 0: still under way.
CREATE TABLE idempotency (
    actor      TEXT   NOT NULL,
    idem_key   TEXT   NOT NULL,
    request    TEXT   NOT NULL, -- SHA-256 of method, path and body
    status     INTEGER NOT NULL,
    response   {{blob}},
    created_at BIGINT NOT NULL,
    PRIMARY KEY (actor, idem_key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);
