-- The chassis' tables, version 1. Frozen: a change is a new file.

CREATE TABLE outbox (
  seq BIGINT GENERATED ALWAYS AS IDENTITY,
  event_id UUID NOT NULL,
  subject VARCHAR NOT NULL,
  aggregate_id UUID NOT NULL,
  aggregate_version BIGINT NOT NULL,
  payload BYTEA NOT NULL,
  traceparent VARCHAR,
  occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
  published_at TIMESTAMP WITH TIME ZONE,
  replays INTEGER NOT NULL,
  PRIMARY KEY (seq),
  UNIQUE (event_id)
);

CREATE INDEX outbox_pending ON outbox (seq) WHERE published_at IS NULL;

CREATE INDEX outbox_replay ON outbox (occurred_at);

CREATE TABLE inbox (
  consumer VARCHAR NOT NULL,
  event_id UUID NOT NULL,
  received_at TIMESTAMP WITH TIME ZONE NOT NULL,
  PRIMARY KEY (consumer, event_id)
);

CREATE TABLE dead_letters (
  consumer VARCHAR NOT NULL,
  event_id UUID NOT NULL,
  subject VARCHAR NOT NULL,
  aggregate_id UUID NOT NULL,
  aggregate_version BIGINT NOT NULL,
  occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
  payload BYTEA NOT NULL,
  attempts INTEGER NOT NULL,
  dead BOOLEAN NOT NULL,
  last_error VARCHAR NOT NULL,
  last_failed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  PRIMARY KEY (consumer, event_id)
);

CREATE TABLE idempotency_keys (
  organisation_id UUID NOT NULL,
  key VARCHAR NOT NULL,
  fingerprint BYTEA NOT NULL,
  status SMALLINT NOT NULL,
  body BYTEA NOT NULL,
  etag VARCHAR,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  PRIMARY KEY (organisation_id, key)
);

CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE audit (
  id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  subject VARCHAR NOT NULL,
  client_id VARCHAR NOT NULL,
  organisation_id UUID NOT NULL,
  verb VARCHAR NOT NULL,
  entity VARCHAR NOT NULL,
  entity_id UUID NOT NULL,
  before JSONB,
  after JSONB,
  trace_id VARCHAR,
  PRIMARY KEY (id)
);

CREATE INDEX audit_entity ON audit (entity, entity_id, id);

CREATE TABLE known_projects (
  project_id UUID NOT NULL,
  code VARCHAR NOT NULL,
  name_zh VARCHAR NOT NULL,
  name_en VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  district VARCHAR NOT NULL,
  city VARCHAR NOT NULL,
  risk_class VARCHAR NOT NULL,
  organisation_id UUID NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (project_id)
);

CREATE TABLE known_parties (
  project_id UUID NOT NULL,
  organisation_id UUID NOT NULL,
  role VARCHAR NOT NULL,
  valid_from DATE NOT NULL,
  valid_to DATE,
  PRIMARY KEY (project_id, organisation_id, role, valid_from)
);

CREATE INDEX known_parties_organisation ON known_parties (organisation_id, project_id);
