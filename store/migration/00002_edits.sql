-- +goose Up
-- What a writer did to a report upstream. A deleted one keeps its place and its judgement, and loses its words.
ALTER TABLE reports ADD COLUMN no_reply TEXT NOT NULL DEFAULT '';   -- why none of ours may answer it
ALTER TABLE reports ADD COLUMN edited_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reports ADD COLUMN deleted_at BIGINT NOT NULL DEFAULT 0;

-- What an edited report said at first: that is what was judged, and what people were paged about.
CREATE TABLE first_texts (report_id BIGINT PRIMARY KEY REFERENCES reports (id), title TEXT NOT NULL, text TEXT NOT NULL);

-- How much a channel usually brings at this time of the week.
CREATE INDEX reports_pace ON reports (channel, at);
