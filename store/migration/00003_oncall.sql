-- +goose Up
-- On call, and what became of each page.

-- What people edit, as areas and policies are.
CREATE TABLE people (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE schedules (name TEXT PRIMARY KEY, body TEXT NOT NULL);

CREATE TABLE overrides (
    id       {{serial}},
    schedule TEXT   NOT NULL,
    person   TEXT   NOT NULL,
    instead  TEXT   NOT NULL,
    from_at  BIGINT NOT NULL,
    to_at    BIGINT NOT NULL,
    reason   TEXT   NOT NULL,
    actor    TEXT   NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX overrides_schedule ON overrides (schedule, to_at);

-- Random keys that every node signs links with.
CREATE TABLE signing_keys (name TEXT PRIMARY KEY, value TEXT NOT NULL, created_at BIGINT NOT NULL);

-- Each call that was made for a notice, and its answer.
CREATE TABLE attempts (
    id          {{serial}},
    notice_id   BIGINT NOT NULL REFERENCES notices (id),
    at          BIGINT NOT NULL,
    took        BIGINT NOT NULL, -- microseconds
    state       TEXT   NOT NULL,
    answer      TEXT   NOT NULL,
    external_id TEXT   NOT NULL
);
CREATE INDEX attempts_notice ON attempts (notice_id, id);

ALTER TABLE pages ADD COLUMN snoozed_at INTEGER NOT NULL DEFAULT 0; -- people there were when it was snoozed
ALTER TABLE notices ADD COLUMN person TEXT NOT NULL DEFAULT '';
ALTER TABLE notices ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notices ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;
CREATE INDEX notices_channel ON notices (channel, state, updated_at);
